/**
 * @file The conformance suite for ParallelEnv: nineteen promises, each with a row that says what to change when it is
 * broken. A row that rests on another one (replay rests on determinism) is not judged when that one fails, so that one
 * defect is one failure.
 */
import type { ParallelEnv } from "../env.ts";
import type { ConformanceOptions, Suite } from "./options.ts";
import {
  CONFORMANCE_ROWS,
  type ConformanceReport,
  type Outcome,
  type RowId,
  type RowReport,
  failed,
  failedRows,
  nonconformity,
  notApplicable,
} from "./report.ts";
import {
  fullEpisodeDeterminism,
  noSharedRandomness,
  orderIndependence,
  reseeding,
  seedsDiffer,
} from "./rows/determinism.ts";
import { conservation, noLookAhead } from "./rows/domain.ts";
import { optionsAndErrors } from "./rows/errors.ts";
import { masks } from "./rows/masks.ts";
import { purity } from "./rows/purity.ts";
import { keySets, truncation } from "./rows/records.ts";
import { snapshotAndRestore } from "./rows/replay.ts";
import { soak } from "./rows/soak.adapter.ts";
import { containment, finiteness, spaceIdentity } from "./rows/values.ts";
import { conversion, vectorEqualsSingle } from "./rows/views.ts";

/** A row of the suite and the rows without which it means nothing. */
interface Row {
  readonly run: (suite: Suite) => Outcome;
  readonly needs: readonly RowId[];
}

const ROWS: { readonly [id in RowId]: Row } = {
  C1: { run: fullEpisodeDeterminism, needs: [] },
  C2: { run: reseeding, needs: ["C1"] },
  C3: { run: seedsDiffer, needs: [] },
  C4: { run: noSharedRandomness, needs: ["C1", "C2"] },
  C5: { run: containment, needs: [] },
  C6: { run: finiteness, needs: [] },
  C7: { run: spaceIdentity, needs: [] },
  C8: { run: keySets, needs: [] },
  C9: { run: truncation, needs: ["C8"] },
  C10: { run: orderIndependence, needs: ["C1"] },
  C11: { run: snapshotAndRestore, needs: ["C1"] },
  C12: { run: masks, needs: ["C1", "C4"] },
  C13: { run: optionsAndErrors, needs: [] },
  C14: { run: purity, needs: [] },
  C15: { run: noLookAhead, needs: ["C1"] },
  C16: { run: conservation, needs: [] },
  C17: { run: soak, needs: [] },
  C18: { run: conversion, needs: ["C1", "C2", "C8"] },
  C19: { run: vectorEqualsSingle, needs: ["C1", "C2", "C4", "C5", "C8", "C14"] },
};

/** All rows, whatever fails: for tools that show a table. */
export function inspectParallelEnv(
  create: () => ParallelEnv,
  options: ConformanceOptions = {},
): ConformanceReport {
  const suite: Suite = {
    create,
    episodes: options.episodes ?? 20,
    maxSteps: options.maxSteps ?? 1000,
    soakSteps: options.soakSteps ?? 1_000_000,
    options,
  };
  const rows: RowReport[] = [];
  for (const id of Object.keys(ROWS).filter(isRowId)) {
    const { run, needs } = ROWS[id];
    const broken = failedRows({ environment: "", rows }).find((other) => needs.includes(other));
    const outcome =
      broken === undefined ? attempt(run, suite) : notApplicable(`not judged: ${broken} failed`);
    rows.push({ id, title: CONFORMANCE_ROWS[id], outcome });
  }
  return { environment: create().metadata.name, rows };
}

/**
 * Checks an environment against the contract of `env.ts`; returns the report when every row passes.
 * @throws GrandModelError `ENV_NONCONFORMING` with one issue per failed row, each saying what to change.
 * @example
 * checkParallelEnv(() => new MyEnv(), { soakSteps: 100_000 });
 */
export function checkParallelEnv(
  create: () => ParallelEnv,
  options: ConformanceOptions = {},
): ConformanceReport {
  const report = inspectParallelEnv(create, options);
  const error = nonconformity(report);
  if (error !== undefined) throw error;
  return report;
}

/** An environment that throws in a row fails that row. */
function attempt(run: (suite: Suite) => Outcome, suite: Suite): Outcome {
  try {
    return run(suite);
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    return failed(
      `a legal call throws: ${text}`,
      "Accept every legal call; the message above names the place.",
    );
  }
}

function isRowId(id: string): id is RowId {
  return Object.hasOwn(ROWS, id);
}
