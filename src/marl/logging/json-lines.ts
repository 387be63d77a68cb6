/** @file Events as JSON lines: one object per line, `kind` first; numbers that JSON cannot carry become null. */
import type { LogSink } from "./event.ts";

/** A sink that hands one finished line (with its newline) per event to `write`. */
export function jsonLinesSink(write: (line: string) => void): LogSink {
  return (event) => {
    write(`${JSON.stringify(event)}\n`);
  };
}
