/**
 * @file The Colab edition of a TypeScript notebook: a preface, then for each code cell one Python cell that runs it by
 * `grandmodel notebook stage` and shows what it left. Generated, so the two cannot drift: the same cells run, on the same
 * kernel. `metadata.grandmodel.colab = { skip: "reason" }` leaves a cell out.
 */
import { basename, dirname, join } from "node:path";
import { sha256 } from "../../../runtime/hash.adapter.ts";
import {
  type Cell,
  type CodeCell,
  isObject,
  type Notebook,
  ownMetadata,
  purposeOf,
} from "../document/notebook.ts";
import { notebookText } from "../document/write-notebook.ts";
import { notebookError } from "../issues.ts";
import { closing, type PrefaceCell, prefaceOf } from "./preface.ts";

/** Where the edition of a notebook lies: `colab/` beside it. */
export function colabFile(file: string): string {
  return join(dirname(file), "colab", basename(file));
}

/** The edition; `sourceText` is the notebook's text without outputs, whose hash it carries. @throws GrandModelError `NOTEBOOK_COLAB` */
export function colabEdition(notebook: Notebook, file: string): Notebook {
  const name = basename(file, ".ipynb");
  const [head, ...rest] = notebook.cells;
  const cells: Cell[] = [
    ...(head === undefined ? [] : [translated(head, file)]),
    { cell_type: "markdown", id: "colab-note", metadata: {}, source: note(name) },
    ...prefaceOf(name).map(pythonCell),
    ...rest.map((cell) => translated(cell, file)),
    pythonCell(closing),
  ];
  return {
    metadata: {
      accelerator: "GPU",
      colab: { name: basename(file), provenance: [] },
      grandmodel: { generatedFrom: `notebooks/${basename(file)}`, sha256: sourceHash(notebook) },
      kernelspec: { display_name: "Python 3", language: "python", name: "python3" },
      language_info: { name: "python" },
    },
    cells,
  };
}

/** Of the notebook without outputs: running it changes nothing. */
function sourceHash(notebook: Notebook): string {
  const cells = notebook.cells.map((cell): Cell =>
    cell.cell_type === "code" ? { ...cell, outputs: [], execution_count: null } : cell,
  );
  return sha256(Buffer.from(notebookText({ ...notebook, cells })));
}

function note(name: string): string {
  return `**Colab edition**, generated from \`notebooks/${name}.ipynb\`: Colab has no TypeScript kernel, so each cell below runs\none cell of that notebook on its own kernel and shows what it left. Edit the source, then\n\`grandmodel notebook colab notebooks/\`.`;
}

function translated(cell: Cell, file: string): Cell {
  if (cell.cell_type !== "code") return cell;
  const { colab } = ownMetadata(cell);
  if (colab === undefined)
    return pythonCell({ id: cell.id, purpose: purposeOf(cell), source: `stage("${cell.id}")` });
  const reason = isObject(colab) ? colab["skip"] : undefined;
  if (typeof reason === "string")
    return { cell_type: "markdown", id: cell.id, metadata: {}, source: `*Not here: ${reason}*` };
  throw notebookError("NOTEBOOK_COLAB", {
    file,
    path: `cell ${cell.id}`,
    value: JSON.stringify(colab),
    expected: 'metadata.grandmodel.colab absent, or { "skip": "reason" }',
    hint: "Leave it out to run the cell in Colab too.",
  });
}

function pythonCell({ id, purpose, source }: PrefaceCell): CodeCell {
  return {
    cell_type: "code",
    id,
    metadata: { grandmodel: { purpose } },
    source,
    execution_count: null,
    outputs: [],
  };
}
