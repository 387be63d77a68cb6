/**
 * @file The two streams of a command. Standard output carries the result and nothing else; notes, progress and warnings
 * go to standard error. With `--json` the result is one JSON document, or JSON lines whose last is `kind: "result"`.
 */
import type { Json } from "../runtime/json.ts";

/** What a command writes to. */
export interface Output {
  /** The one result: `document` with `--json`, else `text`. `document.kind` names its schema. */
  readonly result: (document: { readonly [key: string]: Json }, text: string) => void;
  /** A JSON line of a long command with `--json`; nothing otherwise, because progress shows the same. */
  readonly event: (kind: string, fields: { readonly [key: string]: Json }) => void;
  /** For people, on standard error; silent under `--quiet`. */
  readonly note: (text: string) => void;
  /** A warning with its code, on standard error, also under `--quiet`; equal warnings are written once. */
  readonly warn: (code: string, text: string) => void;
}

/** How the streams are to be used. */
export interface OutputMode {
  readonly json: boolean;
  /** JSON lines instead of one document. */
  readonly lines: boolean;
  readonly quiet: boolean;
}

/** Where text goes: the process's streams, or a test's arrays. */
export interface Streams {
  readonly out: (text: string) => void;
  /** Written above the live window where there is one. */
  readonly err: (text: string) => void;
  readonly nowIso: () => string;
}

export function createOutput(mode: OutputMode, streams: Streams): Output {
  const warned = new Set<string>();
  return {
    result: (document, text) => {
      if (!mode.json) {
        streams.out(`${text}\n`);
        return;
      }
      const line = mode.lines ? { t: streams.nowIso(), kind: "result", ...withoutKind(document) } : document;
      streams.out(`${JSON.stringify(line)}\n`);
    },
    event: (kind, fields) => {
      if (mode.json && mode.lines)
        streams.out(`${JSON.stringify({ t: streams.nowIso(), kind, ...fields })}\n`);
    },
    note: (text) => {
      if (!mode.quiet) streams.err(`${text}\n`);
    },
    warn: (code, text) => {
      if (warned.has(`${code} ${text}`)) return;
      warned.add(`${code} ${text}`);
      streams.err(`${code}  ${text}\n`);
    },
  };
}

function withoutKind(document: { readonly [key: string]: Json }): { readonly [key: string]: Json } {
  const { kind, ...rest } = document;
  return kind === undefined ? rest : { document: kind, ...rest };
}
