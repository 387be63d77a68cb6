/**
 * @file Which file becomes which series, decided from the words alone: nothing is read here, so that `--dry-run` can say it.
 */
import type { GrandModelError } from "../../runtime/errors.ts";
import { usageError } from "../issues.ts";
import type { MarketWords } from "./market-words.ts";

/** How the two series of a market come about. */
export type MarketSources =
  | { readonly kind: "both files"; readonly strategic: string; readonly tactical: string }
  /** 30-minute bars only: the five-minute series is bridged and labelled. */
  | { readonly kind: "strategic only"; readonly strategic: string }
  /** Five-minute (or one-minute) bars only: the 30-minute series is resampled. */
  | { readonly kind: "tactical only"; readonly tactical: string }
  /** One file; its bar size decides which of the two it is. */
  | { readonly kind: "one file"; readonly data: string }
  | { readonly kind: "synthetic" };

/** @throws GrandModelError `USAGE_VALUE` when `--data` stands beside a file of one stage. */
export function marketSources({ strategic, tactical, data }: MarketWords): MarketSources {
  if (data !== undefined) {
    if (strategic !== undefined || tactical !== undefined) throw ambiguous(data);
    return { kind: "one file", data };
  }
  if (strategic !== undefined && tactical !== undefined) return { kind: "both files", strategic, tactical };
  if (strategic !== undefined) return { kind: "strategic only", strategic };
  return tactical === undefined ? { kind: "synthetic" } : { kind: "tactical only", tactical };
}

/** What will be read and made, for the plan. */
export function sourcesText(sources: MarketSources): string {
  switch (sources.kind) {
    case "both files":
      return `${sources.strategic} (30 minutes), ${sources.tactical} (5 minutes)`;
    case "strategic only":
      return `${sources.strategic}; five-minute bars bridged from it, labelled bridged`;
    case "tactical only":
      return `${sources.tactical}; 30-minute bars resampled from it`;
    case "one file":
      return `${sources.data}; 30-minute bars are bridged (labelled), shorter ones resampled`;
    case "synthetic":
      return "no file; a synthetic market is made, labelled synthetic";
    default:
      return sources satisfies never;
  }
}

function ambiguous(data: string): GrandModelError {
  return usageError(
    "USAGE_VALUE",
    data,
    "--data alone, or --strategic and --tactical",
    "Give the 30-minute file with --strategic and the 5-minute file with --tactical.",
  );
}
