/** @file `grandmodel notebook install|run|stage|colab`: TypeScript notebooks without a browser. */
import type { Command } from "commander";
import { addGroup } from "../command.ts";
import { addNotebookColab } from "./notebook/colab.ts";
import { addNotebookInstall } from "./notebook/install.ts";
import { addNotebookRun } from "./notebook/run.ts";
import { addNotebookStage } from "./notebook/stage.ts";

/** Adds the group `notebook`. */
export function addNotebook(program: Command): void {
  const group = addGroup(program, "notebook", "Install the TypeScript kernel, run and check notebooks");
  addNotebookRun(group);
  addNotebookStage(group);
  addNotebookColab(group);
  addNotebookInstall(group);
}
