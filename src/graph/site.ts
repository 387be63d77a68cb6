/**
 * @file The user's line: which call outside this package made an operator.
 * An `Error` is kept per node and its stack is formatted only when a fault is reported: V8 formats lazily, so that
 * keeping it costs about a microsecond at trace time and nothing at run time.
 */
import { fileURLToPath } from "node:url";

const room = new URL(".", import.meta.url).href;
const packageSource = new URL("..", import.meta.url).href;

/** A place in a source file; empty when the stack shows none. */
export interface Place {
  readonly file?: string;
  readonly line?: number;
}

/** The first frame outside the package, or else the first outside this room (a layer, a loss). */
export function userLine(stack: string | undefined): Place {
  const frames = (stack ?? "").split("\n").slice(1).flatMap(parseFrame);
  const outside = frames.find(({ url }) => !url.startsWith(packageSource));
  const found = outside ?? frames.find(({ url }) => !url.startsWith(room));
  return found === undefined ? {} : { file: fileURLToPath(found.url), line: found.line };
}

function parseFrame(frame: string): { readonly url: string; readonly line: number }[] {
  const [, path, line] = /\(?((?:file:\/\/)?\/[^()]*):(\d+):\d+\)?$/.exec(frame) ?? [];
  if (path === undefined || line === undefined || path.includes("/node_modules/")) return [];
  return [{ url: path.startsWith("file:") ? path : `file://${path}`, line: Number(line) }];
}

/** A stack deep enough to reach the user through layers and losses. */
export function deepStack(): string | undefined {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 50;
  const { stack } = new Error("site");
  Error.stackTraceLimit = stackTraceLimit;
  return stack;
}
