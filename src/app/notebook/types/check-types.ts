/**
 * @file Type check of a notebook before it runs: the Deno kernel checks none. TypeScript 6's API, because TypeScript 7 has
 * none yet; an optional peer, loaded here. Besides the compiler's own findings each use of a name that a later cell
 * declares is one: a plain check misses those inside functions and hoisted imports.
 */
import { existsSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type ts from "typescript";
import { codeCells, type Notebook } from "../document/notebook.ts";
import { notebookError } from "../issues.ts";
import type { CellIssue } from "./cell-issue.ts";
import { joinCells, type JoinedSource } from "./joined-source.ts";
import { laterNames } from "./later-names.ts";

/** Parsed files by path, shared by the notebooks of one run: most of a check's time is reading the same libraries. */
const parsedFiles = new Map<string, ts.SourceFile | undefined>();

/** @throws GrandModelError `NOTEBOOK_RUNTIME_MISSING` */
async function loadTypescript(): Promise<typeof ts> {
  try {
    return (await import("typescript")).default;
  } catch (cause) {
    throw notebookError(
      "NOTEBOOK_RUNTIME_MISSING",
      {
        value: "typescript",
        expected: "TypeScript 6 beside grandmodel",
        hint: "npm install typescript@6.0.3",
      },
      cause,
    );
  }
}

/** All faults of the code cells, in order; empty when there are none. */
export async function checkTypes(notebook: Notebook, file: string): Promise<readonly CellIssue[]> {
  const typescript = await loadTypescript();
  const joined = joinCells(codeCells(notebook));
  const module = join(dirname(resolve(file)), `${basename(file, ".ipynb")}.cells.ts`);
  const program = programOf(typescript, module, joined.text);
  const source = program.getSourceFile(module);
  if (source === undefined) return [];
  const found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
  const faults = found.flatMap((diagnostic) => issueOf(typescript, diagnostic, joined, file));
  return [...faults, ...laterNames(typescript, program.getTypeChecker(), source, joined, file)];
}

function programOf(typescript: typeof ts, module: string, text: string): ts.Program {
  const options = compilerOptions(typescript);
  const disk = typescript.createCompilerHost(options);
  const host: ts.CompilerHost = {
    ...disk,
    fileExists: (path) => path === module || disk.fileExists(path),
    readFile: (path) => (path === module ? text : disk.readFile(path)),
    getSourceFile: (path, version, ...rest) => {
      if (path === module) return typescript.createSourceFile(path, text, version, true);
      if (!parsedFiles.has(path)) parsedFiles.set(path, disk.getSourceFile(path, version, ...rest));
      return parsedFiles.get(path);
    },
  };
  return typescript.createProgram([module], options, host);
}

/** The flags of the product where they make sense for cells: a cell may declare what only later cells use. */
function compilerOptions(typescript: typeof ts): ts.CompilerOptions {
  const root = fileURLToPath(new URL("../../../../", import.meta.url));
  const inCheckout = existsSync(join(root, "tsconfig.json"));
  return {
    target: typescript.ScriptTarget.ES2023,
    lib: ["lib.es2023.d.ts", "lib.esnext.disposable.d.ts", "lib.dom.d.ts"],
    module: typescript.ModuleKind.NodeNext,
    moduleResolution: typescript.ModuleResolutionKind.NodeNext,
    types: inCheckout ? ["node"] : [],
    typeRoots: [join(root, "node_modules", "@types")],
    customConditions: inCheckout ? ["grandmodel-source"] : [],
    noEmit: true,
    strict: true,
    noUncheckedIndexedAccess: true,
    exactOptionalPropertyTypes: true,
    noImplicitOverride: true,
    noImplicitReturns: true,
    noFallthroughCasesInSwitch: true,
    noPropertyAccessFromIndexSignature: true,
    isolatedModules: true,
    verbatimModuleSyntax: true,
    allowImportingTsExtensions: true,
    skipLibCheck: true,
  };
}

function issueOf(
  typescript: typeof ts,
  { start, messageText, code }: ts.Diagnostic,
  joined: JoinedSource,
  file: string,
): CellIssue[] {
  const place = start === undefined ? undefined : joined.placeOf(start);
  if (place === undefined) return [];
  const text = typescript.flattenDiagnosticMessageText(messageText, "\n");
  return [
    {
      code: "NOTEBOOK_TYPES",
      file,
      path: `cell ${place.number} (${place.cell.id})`,
      line: place.line,
      value: text,
      expected: `cells that TypeScript accepts (TS${code})`,
      hint: "Correct the cell; nothing has run.",
    },
  ];
}
