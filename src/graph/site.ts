/**
 * @file The user's line: which call outside this room made an operator.
 * An `Error` is kept per node and its stack is formatted only when a fault is reported: V8 formats lazily, so that
 * keeping it costs about a microsecond at trace time and nothing at run time.
 */
import { fileURLToPath } from "node:url";

const room = new URL(".", import.meta.url).href;

/** Where the first frame outside `src/graph` stands, or nothing if the stack shows none. */
export function userLine(stack: string | undefined): { readonly file?: string; readonly line?: number } {
  for (const frame of (stack ?? "").split("\n").slice(1)) {
    const match = /\(?((?:file:\/\/)?\/[^()]*):(\d+):\d+\)?$/.exec(frame);
    const [, path, line] = match ?? [];
    if (path === undefined || line === undefined) continue;
    const url = path.startsWith("file:") ? path : `file://${path}`;
    if (url.startsWith(room)) continue;
    return { file: fileURLToPath(url), line: Number(line) };
  }
  return {};
}
