/**
 * @file The machine-run acceptance checks behind every progress figure. Each looks at one file of the workspace and says
 * whether it proves what is claimed; a check without its file fails. Nothing here can be satisfied by writing a status.
 */
import { existsSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { sha256 } from "../../runtime/hash.adapter.ts";
import {
  type ExportedModel,
  exportedModels,
  type StageKind,
  stageMetricsSchema,
  trainedSteps,
} from "./exported-models.ts";
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
  readonly file: (workspace: string, newest: ExportedModel | undefined) => string | undefined;
  readonly judge: (
    text: string,
    newest: ExportedModel | undefined,
  ) => readonly [passed: boolean, found: string];
}

/** Checks that every exported stage answers to. */
const exportChecks: readonly Check[] = [
  ofSound("export_verifies", () => [true, "every size and hash holds"]),
  ofSound("trained_as_planned", ({ folder }) => {
    const { done, planned } = trainedSteps(folder);
    return [planned > 0 && done >= planned, `${done} of ${planned} steps`];
  }),
  ofSound("real_data", ({ manifest: { dataSource } }) => [dataSource === "real", dataSource]),
  ofSound("five_seeds", ({ manifest: { seeds } }) => [seeds.length >= 5, `${seeds.length} seeds`]),
  ofSound("evaluated_out_of_sample", ({ manifest }) => {
    const metrics = stageMetricsSchema.safeParse(manifest.metrics);
    if (!metrics.success) return [false, "not evaluated"];
    const { testBars, trades } = metrics.data;
    return [testBars > 0 && trades > 0, `${testBars} test bars, ${trades} trades`];
  }),
  ofSound("net_above_zero", ({ manifest }) => {
    const metrics = stageMetricsSchema.safeParse(manifest.metrics);
    if (!metrics.success) return [false, "not evaluated"];
    const { high, low, value } = metrics.data.netUsd;
    return [low > 0, `net ${value.toFixed(0)} USD [${low.toFixed(0)}, ${high.toFixed(0)}]`];
  }),
];

type SoundModel = Extract<ExportedModel, { readonly kind: "sound" }>;

function ofSound(
  name: string,
  judge: (model: SoundModel) => readonly [passed: boolean, found: string],
): Check {
  return {
    name,
    file: (_, newest) => (newest === undefined ? undefined : join(newest.folder, "manifest.json")),
    judge: (_, newest) => {
      if (newest === undefined) return [false, "no exported version"];
      return newest.kind === "damaged" ? [false, newest.fault] : judge(newest);
    },
  };
}

/** The notebook's own report: cells and checks apart, so that "ran" cannot be read as "works". */
function notebookCheck(kind: StageKind, field: "success_rate" | "checks_rate", name: string): Check {
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
    ...exportChecks,
    notebookCheck(kind, "success_rate", "notebook_cells"),
    notebookCheck(kind, "checks_rate", "notebook_checks"),
  ].map((check) => ({ ...check, name: `${kind}.${check.name}` }));
}

/** Runs every check of a component against the newest exported version. */
export function runChecks(workspace: string, component: ComponentName): readonly CheckResult[] {
  const newest = exportedModels(workspace, kindOf(component)).at(-1);
  return tableOf(component).map((check) => runCheck(workspace, component, check, newest));
}

function runCheck(
  workspace: string,
  component: ComponentName,
  check: Check,
  newest: ExportedModel | undefined,
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

function kindOf(component: ComponentName): StageKind {
  return component === "strategic_training" ? "strategic" : "tactical";
}
