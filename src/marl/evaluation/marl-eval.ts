/**
 * @file Evaluation records in the format of marl-eval (Gorsane et al. 2022, arXiv:2209.10485): what its plotting and
 * statistics tools read.
 *
 * env / task / algorithm / run / step_k { step_count, metric: [one number per episode] }, and `absolute_metrics` with
 * the best policy evaluated on ten times as many episodes. Invariants, refused with `MARL_EVAL_INVALID`: all runs have
 * the same evaluations at the same step counts with as many episodes each; no comma in an algorithm's name.
 */
import { z } from "zod";
import { evaluationError } from "./issues.ts";

const metrics = z.array(z.number()).min(1);
const evaluation = z.object({ step_count: z.int().min(0) }).catchall(metrics);
const run = z.object({ absolute_metrics: z.record(z.string(), metrics) }).catchall(evaluation);

/** The whole file: env -> task -> algorithm -> run. */
export const marlEvalSchema: z.ZodType<MarlEvalFile> = z.record(
  z.string(),
  z.record(
    z.string(),
    z.record(z.string().regex(/^[^,]+$/, "no comma in an algorithm name"), z.record(z.string(), run)),
  ),
);

/** One evaluation: its step count, and each metric's numbers, one per episode. */
export type MarlEvalStep = { readonly step_count: number } & {
  readonly [metric: string]: readonly number[] | number;
};

export interface MarlEvalRun {
  readonly absolute_metrics: { readonly [metric: string]: readonly number[] };
  readonly [step: `step_${number}`]: MarlEvalStep;
}

export interface MarlEvalFile {
  readonly [env: string]: {
    readonly [task: string]: { readonly [algorithm: string]: { readonly [run: string]: MarlEvalRun } };
  };
}

/** What one seed of one algorithm produced. */
export interface RunRecord {
  readonly env: string;
  readonly task: string;
  readonly algorithm: string;
  readonly seed: number | string;
  readonly evaluations: readonly { readonly stepCount: number; readonly episodeReturns: readonly number[] }[];
  /** The best policy of the run, re-evaluated on ten times as many episodes. */
  readonly absolute: readonly number[];
}

/** Assembles the file. @throws GrandModelError `MARL_EVAL_INVALID` when runs cannot be compared. */
export function toMarlEval(records: readonly RunRecord[]): MarlEvalFile {
  refuseUnequalRuns(records);
  const file: Record<string, Record<string, Record<string, Record<string, MarlEvalRun>>>> = {};
  for (const record of records) {
    const steps = record.evaluations.map(({ stepCount, episodeReturns }, k) => [
      `step_${k}`,
      { step_count: stepCount, mean_episode_return: [...episodeReturns] },
    ]);
    const tasks = (file[record.env] ??= {});
    const algorithms = (tasks[record.task] ??= {});
    const runs = (algorithms[record.algorithm] ??= {});
    runs[`seed_${record.seed}`] = {
      ...Object.fromEntries(steps),
      absolute_metrics: { mean_episode_return: [...record.absolute] },
    };
  }
  return readMarlEval(file);
}

/** Checks a parsed file. @throws GrandModelError `MARL_EVAL_INVALID` with the path of the first fault. */
export function readMarlEval(file: unknown): MarlEvalFile {
  const parsed = marlEvalSchema.safeParse(file);
  if (parsed.success) return parsed.data;
  throw evaluationError(
    "MARL_EVAL_INVALID",
    {
      path: parsed.error.issues[0]?.path.join(".") ?? "",
      expected: `env/task/algorithm/run/step_k records (${parsed.error.issues[0]?.message ?? ""})`,
      hint: "Write the file with toMarlEval.",
    },
    parsed.error,
  );
}

function refuseUnequalRuns(records: readonly RunRecord[]): void {
  const [first] = records;
  if (first === undefined) return;
  const shapeOf = (record: RunRecord): string =>
    record.evaluations
      .map(({ stepCount, episodeReturns }) => `${stepCount}x${episodeReturns.length}`)
      .join(" ");
  for (const record of records) {
    if (shapeOf(record) === shapeOf(first)) continue;
    throw evaluationError("MARL_EVAL_INVALID", {
      path: `${record.algorithm}.seed_${record.seed}`,
      value: shapeOf(record),
      expected: `the evaluations of seed_${first.seed}, as steps x episodes: ${shapeOf(first)}`,
      hint: "Give all runs the same number of steps and the same evaluation interval.",
    });
  }
}
