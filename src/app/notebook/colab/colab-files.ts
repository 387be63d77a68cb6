/** @file `grandmodel notebook colab`: writes the editions, or says which are not what their notebooks give. */
import { existsSync, readFileSync } from "node:fs";
import { readNotebook } from "../document/read-notebook.ts";
import { notebookText, writeNotebook } from "../document/write-notebook.ts";
import { notebookError } from "../issues.ts";
import { notebooksAt } from "../run/run-file.ts";
import { colabEdition, colabFile } from "./generate.ts";

/** Files of the editions, written, or with `check` compared byte for byte. @throws GrandModelError `NOTEBOOK_COLAB` */
export function colabFiles(path: string, check: boolean): readonly string[] {
  return notebooksAt(path).map((file) => {
    const edition = colabEdition(readNotebook(file), file);
    const target = colabFile(file);
    if (!check) writeNotebook(target, edition);
    else if (!existsSync(target) || readFileSync(target, "utf8") !== notebookText(edition))
      throw stale(target, file);
    return target;
  });
}

function stale(target: string, file: string): Error {
  return notebookError("NOTEBOOK_COLAB", {
    file: target,
    expected: `the edition that ${file} gives`,
    hint: `Run: grandmodel notebook colab ${file}`,
  });
}
