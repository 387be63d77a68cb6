/**
 * @file Errors for a terminal and as a JSON document. Each fault: code, place and value, then rule, hint and page; a caret
 * under the value where file, line and column are known. Internal faults say so and ask for a report.
 */
import type pc from "picocolors";
import { type Issue, type IssueClass, isGrandModelError } from "../runtime/errors.ts";
import type { Json } from "../runtime/json.ts";

/** The error as text, one block a fault. */
export function renderErrorText(
  error: unknown,
  colors: ReturnType<typeof pc.createColors>,
  debug: boolean,
): string {
  const stack =
    debug && error instanceof Error && error.stack !== undefined ? `\n${colors.dim(error.stack)}` : "";
  if (!isGrandModelError(error)) {
    const text = error instanceof Error ? error.message : String(error);
    const hint = debug ? "" : "\n  hint   run the command again with --debug for the stack, and report both";
    return `${colors.red("INTERNAL")}  ${text.replace(/^internal: /, "")}${hint}${stack}`;
  }
  return error.issues.map((issue) => renderIssue(issue, colors)).join("\n\n") + stack;
}

function renderIssue(issue: Issue, colors: ReturnType<typeof pc.createColors>): string {
  const line = issue.line === undefined ? "" : ` line ${issue.line}`;
  const place = [issue.file === undefined ? "" : `${issue.file}${line}`, issue.path ?? ""].filter(
    (part) => part !== "",
  );
  const found = issue.value === undefined ? "" : `found ${JSON.stringify(issue.value)}`;
  const head = [...place, found].filter((part) => part !== "").join(": ");
  return [
    `${colors.red(issue.code)}  ${head === "" ? issue.expected : head}`,
    ...caret(issue),
    ...(head === "" ? [] : [`  rule   ${issue.expected}`]),
    `  hint   ${issue.hint}`,
    `  docs   docs/errors/${issue.code}.md`,
  ].join("\n");
}

/** The line and a caret under the value; of a long line the part around the caret. */
function caret({ excerpt, column }: Issue): string[] {
  if (excerpt === undefined || column === undefined) return [];
  const from = Math.max(0, column - 60);
  return [`  | ${excerpt.slice(from, from + 100)}`, `  | ${" ".repeat(column - 1 - from)}^`];
}

/** The error as the one JSON document of a failed command. */
export function errorDocument(error: unknown): { readonly [key: string]: Json } {
  if (!isGrandModelError(error)) {
    const message = error instanceof Error ? error.message : String(error);
    return { kind: "error", class: "internal", code: "INTERNAL", message, issues: [] };
  }
  const issues = error.issues.map((issue): Json => ({ ...issue, docs: `docs/errors/${issue.code}.md` }));
  return { kind: "error", class: error.class, code: error.code, message: error.message, issues };
}

/** 2 for faults of usage, configuration and data; 1 for everything else. */
export function exitCodeOf(error: unknown): 1 | 2 {
  const fault: IssueClass = isGrandModelError(error) ? error.class : "failure";
  return fault === "failure" ? 1 : 2;
}
