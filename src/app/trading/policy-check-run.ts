/** @file The work of `grandmodel check-lookahead <folder>`: models, bars, and the pipeline that both decide in. */
import type { PipelineConfig } from "../../pipeline/run/config.ts";
import { strategicPolicy } from "../../stages/strategic/decide.ts";
import { strategicRule } from "../../stages/strategic/rule.ts";
import { tacticalPolicy } from "../../stages/tactical/network-policy.ts";
import { acquireMarket } from "../data/acquire-market.ts";
import { tacticalPasses } from "../main-job/seed-work.ts";
import type { Progress } from "../progress/progress.ts";
import { loadPolicy, observationNames } from "./load-policy.ts";
import { checkPolicyLookahead, type PolicyReport } from "./policy-lookahead.ts";

/** Settings of the command. */
export interface PolicyWords {
  readonly data: readonly string[];
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly cuts: number;
  readonly passes: number;
  readonly warmUp?: number | undefined;
  readonly seed: number;
}

/** Closes before a cut: four hours of five-minute bars, a day of half hours. */
const closes = 48;
/** Warm-ups of the tactical features for one of the strategic ones, and room for windows and averages beyond. */
const tacticalShare = 1 / 5;
const room = 512;

/** Checks the policies of a folder. @throws GrandModelError of the models' folders and the market room */
export async function runPolicyCheck(
  folder: string,
  words: PolicyWords,
  progress: Progress,
): Promise<PolicyReport> {
  const models = loadPolicy(folder);
  const [data, tacticalFile] = words.data;
  const files = tacticalFile === undefined ? { data } : { strategic: data, tactical: tacticalFile };
  const market = await acquireMarket({ ...files, from: words.from, to: words.to }, words.seed);
  const warmUp = words.warmUp ?? models.warmUp;
  await using strategic =
    models.strategic === undefined
      ? strategicRule()
      : await strategicPolicy(models.strategic, { mcPasses: words.passes });
  await using tactical =
    models.tactical === undefined
      ? undefined
      : await tacticalPolicy(models.tactical, { mcPasses: tacticalPasses(words.passes) });
  const both = tactical !== undefined;
  const settings: Omit<PipelineConfig, "strategicBars" | "tacticalBars"> = {
    strategic,
    ...(tactical === undefined ? {} : { tactical }),
    ...(models.tactical === undefined ? {} : { tacticalCalibration: models.tactical.calibration }),
    features: {
      strategic: { warmUp },
      tactical: { features: { warmUp: Math.round(warmUp * tacticalShare) } },
    },
  };
  const task = progress.begin("look-ahead", words.cuts, "cuts");
  try {
    return await checkPolicyLookahead({
      bars: {
        strategicBars: market.strategic.bars,
        ...(both ? { tacticalBars: market.tactical.bars } : {}),
      },
      configOf: (bars) => ({ ...settings, ...bars }),
      names: observationNames(models),
      extent: {
        closes,
        history: {
          strategic: warmUp + room,
          trading: both ? Math.round(warmUp * tacticalShare) + room : warmUp + room,
        },
      },
      cuts: words.cuts,
      seed: words.seed,
      onCut: (done) => task.update({ done }),
    });
  } finally {
    task.end();
  }
}
