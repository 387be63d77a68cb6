/**
 * @file The machine-run acceptance checks behind every progress figure. Each looks at one file of the workspace and says
 * whether it proves what is claimed; a check without its file fails. Nothing here can be satisfied by writing a status.
 */
import { existsSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { sha256 } from "../../runtime/hash.adapter.ts";
import { type StoredRelease, listReleases, verifyRelease } from "../releases/release-folder.ts";
import type { ReleaseKind } from "../releases/release-schema.ts";
import { sharedConfigs, sharedConfigsFolder } from "./shared-configs.ts";
import type { ComponentName } from "./status-schema.ts";

/** What a check found. */
export interface CheckResult {
  readonly check: string;
  readonly component: ComponentName;
  readonly passed: boolean;
  /** The measured value, for people. */
  readonly found: string;
  /** The proof, relative to the workspace; absent when there is no file. */
  readonly proof?: { readonly path: string; readonly sha256: string };
}

interface Check {
  readonly name: string;
  readonly file: (workspace: string, newest: StoredRelease | undefined) => string | undefined;
  readonly judge: (
    text: string,
    newest: StoredRelease | undefined,
  ) => readonly [passed: boolean, found: string];
}

/** Checks that every released stage answers to. */
const releaseChecks: readonly Check[] = [
  fromRelease("export_verifies", (stored) => {
    const { faults } = verifyRelease(stored);
    return [faults.length === 0, faults.length === 0 ? "every hash holds" : faults.join("; ")];
  }),
  fromRelease("trained_as_planned", ({ release: { trainSteps, plannedSteps } }) => [
    plannedSteps > 0 && trainSteps >= plannedSteps,
    `${trainSteps} of ${plannedSteps} steps`,
  ]),
  fromRelease("real_data", ({ release: { dataSource } }) => [dataSource === "real", dataSource]),
  fromRelease("five_seeds", ({ release: { seeds } }) => [seeds.length >= 5, `${seeds.length} seeds`]),
  fromRelease("evaluated_out_of_sample", ({ release: { metrics } }) => [
    (metrics?.testBars ?? 0) > 0 && (metrics?.trades ?? 0) > 0,
    metrics === null ? "not evaluated" : `${metrics.testBars} test bars, ${metrics.trades} trades`,
  ]),
  fromRelease("net_above_zero", ({ release: { metrics } }) => [
    (metrics?.netUsd.low ?? 0) > 0,
    metrics === null
      ? "not evaluated"
      : `net ${metrics.netUsd.value.toFixed(0)} USD [${metrics.netUsd.low.toFixed(0)}, ${metrics.netUsd.high.toFixed(0)}]`,
  ]),
];

function fromRelease(
  name: string,
  judge: (stored: StoredRelease) => readonly [passed: boolean, found: string],
): Check {
  return {
    name,
    file: (_, newest) => (newest === undefined ? undefined : join(newest.folder, "release.json")),
    judge: (_, newest) => (newest === undefined ? [false, "no exported version"] : judge(newest)),
  };
}

/** The notebook's own report: cells and checks apart, so that "ran" cannot be read as "works". */
function notebookCheck(kind: ReleaseKind, field: "success_rate" | "checks_rate", name: string): Check {
  return {
    name,
    file: (workspace) => join(workspace, "exports", `${kind}_validation_report.json`),
    judge: (text) => {
      const report = JSON.parse(text) as { readonly [field: string]: unknown };
      const rate = Number(report[field]);
      return [rate >= 100 || rate === 1, `${field} ${String(report[field])}`];
    },
  };
}

const configCheck: Check = {
  name: "shared_configs_current",
  file: (workspace) => join(sharedConfigsFolder(workspace), "training_params.yaml"),
  judge: (text) => {
    const same = text === sharedConfigs()["training_params.yaml"];
    return [same, same ? "equal to the code's defaults" : "differs from the code's defaults"];
  },
};

/** All checks of a component, in order. */
export function checksOf(component: ComponentName): readonly string[] {
  return tableOf(component).map(({ name }) => name);
}

function tableOf(component: ComponentName): readonly Check[] {
  const kind = kindOf(component);
  return [
    configCheck,
    ...releaseChecks,
    notebookCheck(kind, "success_rate", "notebook_cells"),
    notebookCheck(kind, "checks_rate", "notebook_checks"),
  ].map((check) => ({ ...check, name: `${kind}.${check.name}` }));
}

/** Runs every check of a component against the newest exported version. */
export function runChecks(workspace: string, component: ComponentName): readonly CheckResult[] {
  const newest = listReleases(workspace, kindOf(component)).at(-1);
  return tableOf(component).map((check) => runCheck(workspace, component, check, newest));
}

function runCheck(
  workspace: string,
  component: ComponentName,
  check: Check,
  newest: StoredRelease | undefined,
): CheckResult {
  const file = check.file(workspace, newest);
  if (file === undefined || !existsSync(file)) {
    const missing = file === undefined ? "no exported version" : `${relative(workspace, file)} is missing`;
    return { check: check.name, component, passed: false, found: missing };
  }
  const text = readFileSync(file, "utf8");
  const proof = { path: relative(workspace, file), sha256: sha256(text) };
  try {
    const [passed, found] = check.judge(text, newest);
    return { check: check.name, component, passed, found, proof };
  } catch {
    return { check: check.name, component, passed: false, found: `${proof.path} cannot be read`, proof };
  }
}

function kindOf(component: ComponentName): ReleaseKind {
  return component === "strategic_training" ? "strategic" : "tactical";
}
