/** @file Writes the runs of `grandmodel backtest` into the registry of trials, and counts what was tried on the same bars. */
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { sharpeSample } from "../../evaluation/inference/sharpe-inference.ts";
import { dailyReturns } from "../../evaluation/returns/daily.ts";
import { countTrials, type Trial } from "../../evaluation/trials/trial-count.ts";
import { recordTrials } from "../../evaluation/trials/trial-registry.adapter.ts";
import { isGrandModelError } from "../../runtime/errors.ts";
import { hashJson, sha256 } from "../../runtime/hash.adapter.ts";
import { assumptionsOf } from "../../trading/assumptions.ts";
import type { RegisteredTrials, SeedRun } from "./backtest-outcome.ts";

/** Name of the registry inside the folder of runs. */
const registryFile = "trials.jsonl";
/** Another back-test holds the file for milliseconds. */
const attempts = 100;
const pauseMs = 50;

/** Where runs come from, as far as a configuration is named by it. */
export interface TrialOrigin {
  /** File of the strategy: other code is another trial. */
  readonly source: string;
  readonly from: string | undefined;
  readonly to: string | undefined;
  /** Trials on these bars that the registry did not see. */
  readonly priorTrials: number;
  readonly runDir: string;
}

/** Records every run as a trial and counts the trials on its data. @throws GrandModelError `JOURNAL_CORRUPT`. */
export async function registerTrials(
  runs: readonly [SeedRun, ...SeedRun[]],
  origin: TrialOrigin,
): Promise<RegisteredTrials> {
  const file = join(origin.runDir, registryFile);
  mkdirSync(origin.runDir, { recursive: true });
  const rows = await recordPatiently(
    file,
    runs.map((run) => trialOf(run, origin)),
  );
  return { ...countTrials(rows, runs[0].result.dataHashes, origin.priorTrials), file };
}

async function recordPatiently(file: string, trials: readonly Trial[]): Promise<readonly Trial[]> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return recordTrials(file, trials);
    } catch (error) {
      const locked = isGrandModelError(error) && error.issues.some(({ code }) => code === "RUN_LOCKED");
      if (!locked || attempt === attempts) throw error;
      await wait(pauseMs);
    }
  }
}

function trialOf({ seed, result, sessions }: SeedRun, { source, from, to }: TrialOrigin): Trial {
  const { returns } = dailyReturns(result.equity.equityUsd, sessions, result.totals.initialUsd);
  const { sharpe } = sharpeSample(returns);
  const configHash = hashJson({
    strategy: result.strategy,
    code: sha256(readFileSync(source)),
    seed,
    capitalUsd: result.totals.initialUsd,
    assumptions: assumptionsOf(result.rules).map(({ subject, value }) => [subject, value]),
    from: from ?? null,
    to: to ?? null,
  });
  return {
    name: `${result.strategy}, seed ${seed}`,
    configHash,
    dataHashes: result.dataHashes,
    sharpePerDay: Number.isFinite(sharpe) ? sharpe : null,
  };
}
