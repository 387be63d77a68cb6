/**
 * @file What a run reports, as a typed union; sinks (JSON lines, TensorBoard, a console window) take these events and
 * nothing else. A sink is a pure observer: it cannot change the run.
 */
import type { Json } from "../../runtime/json.ts";

/** Numbers by name, in the order in which they were computed. */
export interface Scalars {
  readonly [name: string]: number;
}

export type LogEvent =
  /** Episodes that ended during a rollout: sampled actions, so not a result. */
  | {
      readonly kind: "ACT";
      readonly step: number;
      readonly episodes: number;
      /** m1: mean over agents of the return, mean over the episodes. */
      readonly meanReturn: number;
      readonly meanLength: number;
    }
  /** One update: losses and diagnostics per role group, and where the time went. */
  | {
      readonly kind: "TRAIN";
      readonly step: number;
      readonly update: number;
      readonly groups: { readonly [group: string]: Scalars };
      readonly spans: Scalars;
      readonly stepsPerSecond: number;
    }
  /** An evaluation on environments of its own. */
  | {
      readonly kind: "EVAL";
      readonly step: number;
      readonly policy: "greedy" | "sampled";
      readonly episodeReturns: readonly number[];
    }
  /** The best policy of the run on ten times as many episodes. */
  | { readonly kind: "ABSOLUTE"; readonly step: number; readonly episodeReturns: readonly number[] }
  /** Anything else worth keeping: the resolved config, a warning, a checkpoint's path. */
  | { readonly kind: "MISC"; readonly step: number; readonly name: string; readonly value: Json };

/** Where events go. */
export type LogSink = (event: LogEvent) => void;

/** One sink that feeds several. */
export function fanOut(sinks: readonly LogSink[]): LogSink {
  return (event) => {
    for (const sink of sinks) sink(event);
  };
}

/** The numbers of an event by TensorBoard tag: `train/agents/kl`, `eval/mean_return`. */
export function scalarsOf(event: LogEvent): readonly (readonly [tag: string, value: number])[] {
  switch (event.kind) {
    case "ACT":
      return [
        ["act/mean_return", event.meanReturn],
        ["act/mean_length", event.meanLength],
      ];
    case "TRAIN":
      return [
        ...Object.entries(event.groups).flatMap(([group, scalars]) =>
          Object.entries(scalars).map(([name, value]) => [`train/${group}/${name}`, value] as const),
        ),
        ...Object.entries(event.spans).map(([name, value]) => [`time/${name}`, value] as const),
        ["time/steps_per_second", event.stepsPerSecond] as const,
      ];
    case "EVAL":
      return [[`eval/${event.policy}/mean_return`, mean(event.episodeReturns)]];
    case "ABSOLUTE":
      return [["absolute/mean_return", mean(event.episodeReturns)]];
    case "MISC":
      return typeof event.value === "number" ? [[`misc/${event.name}`, event.value]] : [];
    default:
      return event satisfies never;
  }
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
