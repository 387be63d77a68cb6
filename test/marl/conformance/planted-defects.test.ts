import { describe, expect, it } from "vitest";
import { inspectParallelEnv, checkParallelEnv } from "../../../src/marl/conformance/check-parallel-env.ts";
import type { ConformanceOptions } from "../../../src/marl/conformance/options.ts";
import {
  CONFORMANCE_ROWS,
  type RowId,
  failedRows,
  nonconformity,
} from "../../../src/marl/conformance/report.ts";
import type { ParallelEnv, ResetOptions, ResetResult } from "../../../src/marl/env.ts";
import { parallelDefinition } from "../../../src/marl/vector/parallel-kernel.ts";
import { Traders, changedPrices, doubledTurns } from "./traders.ts";

/** Episodes few enough for a quick test, many enough to meet deaths, full positions and the time limit. */
const base = { episodes: 8, soakSteps: 0 } as const;
const SOAK = 20_000;

function optionsFor(defect: RowId | undefined): ConformanceOptions {
  const create = (): ParallelEnv => new Traders(defect === undefined ? {} : { defect });
  return {
    ...base,
    soakSteps: defect === undefined || defect === "C17" ? SOAK : 0,
    lookAhead: (change) =>
      new Traders({ prices: changedPrices(change), ...(defect === undefined ? {} : { defect }) }),
    conservation: (env) => (env instanceof Traders ? env.residual() : Number.NaN),
    ...(defect === "C18" ? { aec: () => doubledTurns(create) } : {}),
    ...(defect === "C19" ? { definition: parallelDefinition(() => new OffByOne()) } : {}),
  };
}

/** Seeds itself with the neighbour's seed: a batch of these has the wrong row everywhere. */
class OffByOne extends Traders {
  override reset(options: ResetOptions = {}): ResetResult {
    return super.reset(
      options.seed === undefined ? options : { ...options, seed: BigInt(options.seed) + 1n },
    );
  }
}

function isRowId(id: string): id is RowId {
  return Object.hasOwn(CONFORMANCE_ROWS, id);
}

describe("the conformance suite", () => {
  it("passes the sound environment on every one of its nineteen rows", () => {
    const report = checkParallelEnv(() => new Traders(), optionsFor(undefined));
    expect(report.rows.map(({ id, outcome }) => [id, outcome.kind])).toEqual(
      Object.keys(CONFORMANCE_ROWS).map((id) => [id, "passed"]),
    );
  });

  it.each(Object.keys(CONFORMANCE_ROWS).filter(isRowId))("fails exactly %s for its planted defect", (id) => {
    const create = (): ParallelEnv => new Traders(id === "C18" || id === "C19" ? {} : { defect: id });
    const report = inspectParallelEnv(create, optionsFor(id));
    expect(failedRows(report)).toEqual([id]);
    const error = nonconformity(report);
    expect(error).toMatchObject({ code: "ENV_NONCONFORMING" });
    // The text says what to change, not only what was found.
    expect(error?.issues[0]?.hint.length).toBeGreaterThan(20);
  });

  it("throws all faults of an environment in one error", () => {
    class Careless extends Traders {
      override reset(): ResetResult {
        return super.reset();
      }
    }
    expect(() => checkParallelEnv(() => new Careless(), base)).toThrow(/ENV_NONCONFORMING/);
  });
});
