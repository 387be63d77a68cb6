/** @file Where a notebook finds data and leaves files, whoever runs it: the runner, Jupyter by hand, Colab. */
import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

/** Size of the work: `short` for CI, `long` for a night. */
export function notebookProfile(): "short" | "long" {
  return process.env["GRANDMODEL_NOTEBOOK_PROFILE"] === "long" ? "long" : "short";
}

/** The folder above the notebook's that holds package.json; the notebook's own where there is none. */
function projectFolder(): string {
  for (let folder = process.cwd(); folder !== dirname(folder); folder = dirname(folder)) {
    if (existsSync(join(folder, "package.json"))) return folder;
  }
  return process.cwd();
}

/**
 * A data file by name, in `GRANDMODEL_DATA` where that is set, else in `../shared/data` beside the project; undefined where
 * it is not there: the notebook then makes synthetic bars and says so.
 */
export function findData(name: string): string | undefined {
  const file = join(process.env["GRANDMODEL_DATA"] ?? join(projectFolder(), "..", "shared", "data"), name);
  return existsSync(file) ? file : undefined;
}

/** Holds `exports/` and `coordination/`: `GRANDMODEL_WORKSPACE`, else the project. */
export function workspaceFolder(): string {
  return resolve(process.env["GRANDMODEL_WORKSPACE"] ?? projectFolder());
}

/** Where training keeps checkpoints: `GRANDMODEL_CHECKPOINT_DIR`, else below the project's `runs/`. */
export function checkpointFolder(name: string): string {
  const root = process.env["GRANDMODEL_CHECKPOINT_DIR"] ?? join(projectFolder(), "runs", "notebooks");
  return resolve(root, name, "checkpoints");
}

/** Where closed checkpoints are copied to: `GRANDMODEL_MIRROR_DIR`, such as a mounted drive; undefined without one. */
export function mirrorFolder(name: string): string | undefined {
  const root = process.env["GRANDMODEL_MIRROR_DIR"];
  return root === undefined || root === "" ? undefined : resolve(root, name, "checkpoints");
}
