/** @file Uses of names whose every declaration lies in a later cell, so that the notebook would not run top-down. */
import type ts from "typescript";
import type { CellIssue } from "./cell-issue.ts";
import type { JoinedSource } from "./joined-source.ts";

/** One issue per use, in order. */
export function laterNames(
  typescript: typeof ts,
  checker: ts.TypeChecker,
  source: ts.SourceFile,
  joined: JoinedSource,
  file: string,
): readonly CellIssue[] {
  const issues: CellIssue[] = [];
  const visit = (node: ts.Node): void => {
    if (typescript.isIdentifier(node)) {
      const issue = laterUse(typescript, checker, node, joined, file);
      if (issue !== undefined) issues.push(issue);
    }
    typescript.forEachChild(node, visit);
  };
  visit(source);
  return issues;
}

function laterUse(
  typescript: typeof ts,
  checker: ts.TypeChecker,
  name: ts.Identifier,
  joined: JoinedSource,
  file: string,
): CellIssue | undefined {
  const symbol = typescript.isShorthandPropertyAssignment(name.parent)
    ? checker.getShorthandAssignmentValueSymbol(name.parent)
    : checker.getSymbolAtLocation(name);
  const declarations = symbol?.declarations?.filter((each) => isTopLevel(typescript, each)) ?? [];
  const used = joined.placeOf(name.getStart());
  if (used === undefined || declarations.length === 0) return undefined;
  const numbers = declarations
    .filter((each) => each.getSourceFile() === name.getSourceFile())
    .map((each) => joined.placeOf(each.getStart())?.number ?? 0);
  const first = Math.min(...numbers);
  if (!Number.isFinite(first) || first <= used.number) return undefined;
  return {
    code: "NOTEBOOK_LATER_NAME",
    file,
    path: `cell ${used.number} (${used.cell.id})`,
    line: used.line,
    value: name.text,
    expected: `a name that this cell or one before declares; cell ${first} declares it`,
    hint: "Move the declaration up, or the use down.",
  };
}

/** Declared by the module itself, not inside a function, a type or a block. */
function isTopLevel(typescript: typeof ts, declaration: ts.Node): boolean {
  let node = declaration.parent;
  while (
    typescript.isVariableDeclarationList(node) ||
    typescript.isVariableStatement(node) ||
    typescript.isBindingElement(node) ||
    typescript.isArrayBindingPattern(node) ||
    typescript.isObjectBindingPattern(node) ||
    typescript.isVariableDeclaration(node) ||
    typescript.isImportClause(node) ||
    typescript.isNamedImports(node) ||
    typescript.isImportDeclaration(node)
  ) {
    node = node.parent;
  }
  return typescript.isSourceFile(node);
}
