/**
 * @file Errors as data: an issue says what was found, where, what was expected and what to do next.
 *
 * Rooms define their own issue codes (`DATA_UNSORTED`, `SHAPE_MISMATCH`, ...) in an `issues.ts` and throw
 * `GrandModelError`; each code has a page under `docs/errors/`. Renderers live in `app/`: nothing here formats
 * for a terminal beyond the one-line message that every JavaScript error needs.
 */

/** A JSON-safe scalar, so that an issue crosses threads, processes and HTTP unchanged. */
export type IssueValue = string | number | boolean | null;

/** One fault of an input, a configuration or a call. */
export interface Issue<Code extends string = string> {
  /** Stable reason code, SCREAMING_SNAKE_CASE; names the page `docs/errors/<code>.md`. */
  readonly code: Code;
  /** Path inside the input: `ppo.clip`, `agent_0.observation`. */
  readonly path?: string;
  readonly file?: string;
  /** Line in `file`, from 1. */
  readonly line?: number;
  /** Column in `line`, from 1. */
  readonly column?: number;
  /** The text of that line, for renderers that draw a caret under the column. */
  readonly excerpt?: string;
  /** What was found. */
  readonly value?: IssueValue;
  /** The rule that it breaks. */
  readonly expected: string;
  /** What to do about it: the next thing to type, where there is one. */
  readonly hint: string;
}

/** How the fault is classed for exit codes: usage, config and data end in 2, everything else in 1. */
export type IssueClass = "usage" | "config" | "data" | "failure";

/** One line of text: code, place, what was found, what was expected, what to do. */
export function renderIssueLine(issue: Issue): string {
  const line = issue.line === undefined ? "" : ` line ${issue.line}`;
  const place = [issue.file === undefined ? undefined : `${issue.file}${line}`, issue.path]
    .filter((part) => part !== undefined)
    .join(", ");
  const found = issue.value === undefined ? "" : `, got ${JSON.stringify(issue.value)}`;
  return `${issue.code}${place === "" ? "" : ` ${place}`}: expected ${issue.expected}${found}. ${issue.hint}`;
}

/** The one base of all errors that the product throws on purpose. */
export class GrandModelError extends Error {
  /** Marks the class across threads and duplicate installs, where `instanceof` fails. */
  readonly kind = "GrandModelError";
  readonly code: string;
  readonly issues: readonly Issue[];
  readonly hint: string;
  readonly class: IssueClass;

  /** @param issues one fault, or all faults of one input (at least one). */
  constructor(
    issues: Issue | readonly [Issue, ...Issue[]],
    options: { readonly cause?: unknown; readonly class?: IssueClass } = {},
  ) {
    const all: readonly Issue[] = isList(issues) ? issues : [issues];
    super(all.map(renderIssueLine).join("\n"), options.cause === undefined ? {} : { cause: options.cause });
    const first = isList(issues) ? issues[0] : issues;
    this.name = "GrandModelError";
    this.code = first.code;
    this.issues = all;
    this.hint = first.hint;
    this.class = options.class ?? "failure";
  }
}

function isList(issues: Issue | readonly [Issue, ...Issue[]]): issues is readonly [Issue, ...Issue[]] {
  return Array.isArray(issues);
}

/** True for our own errors, also those thrown by another copy of the package. */
export function isGrandModelError(error: unknown): error is GrandModelError {
  return error instanceof Error && "kind" in error && error.kind === "GrandModelError";
}

/** An internal fault: a promise of our own code was broken; the text asks for a report. */
export function internalError(message: string): Error {
  return new Error(`internal: ${message}. Please report this with the command that led here.`);
}

/** Ends an exhaustive switch: does not compile while a case is missing. */
export function assertNever(value: never): never {
  throw internalError(`unexpected case ${JSON.stringify(value)}`);
}

/** An expected outcome that may be a refusal: order rejected, row quarantined, trial pruned. */
export type Result<T, I extends Issue = Issue> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly issue: I };
