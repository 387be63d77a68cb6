/**
 * @file Turns the messages of a kernel into the outputs of cells, as nbformat defines them. Pure but for its own lists: one
 * collector serves a whole run, because an update may rewrite an output that an earlier cell showed.
 */
import { type CellOutput, isObject, type JsonObject, type MimeBundle } from "../document/notebook.ts";
import type { KernelMessage } from "../protocol/message.ts";

/** Longest text of one cell, in characters; the rest is cut with a note. */
const longestText = 1_000_000;
const cutNote = "\n[cut: a cell keeps 1,000,000 characters of text]\n";
/** Deno says this once per kernel; it is about Deno, not about the notebook. */
const noise = /^.*(?:"deno jupyter" is unstable|Warning "deno jupyter").*\n?/gm;

type Shown = { readonly displayId: string | undefined; output: CellOutput };

/** Outputs of one cell while it runs. */
export class CellOutputs {
  private shown: Shown[] = [];
  private clearBeforeNext = false;
  private textLength = 0;
  private readonly siblings: Map<string, Shown[]>;

  /** @param siblings outputs of the run by display id, shared by its cells */
  constructor(siblings: Map<string, Shown[]>) {
    this.siblings = siblings;
  }

  /** In the order of arrival. */
  list(): readonly CellOutput[] {
    return this.shown.map(({ output }) => output);
  }

  receive({ header, content }: KernelMessage): void {
    switch (header.msg_type) {
      case "stream":
        this.print(content["name"] === "stderr" ? "stderr" : "stdout", textIn(content, "text"));
        break;
      case "display_data":
        this.add({ output_type: "display_data", ...bundleOf(content) }, displayIdOf(content));
        break;
      case "execute_result":
        this.add(
          {
            output_type: "execute_result",
            ...bundleOf(content),
            execution_count: numberIn(content, "execution_count"),
          },
          displayIdOf(content),
        );
        break;
      case "update_display_data":
        this.rewrite(displayIdOf(content), bundleOf(content));
        break;
      case "clear_output":
        if (content["wait"] === true) this.clearBeforeNext = true;
        else this.clear();
        break;
      case "error":
        this.add(errorFrom(content), undefined);
        break;
      default: // Inputs echoed, comm messages: nothing to keep.
    }
  }

  /** An output of the runner's own. */
  add(output: CellOutput, displayId?: string): void {
    if (this.clearBeforeNext) this.clear();
    const shown: Shown = { displayId, output };
    this.shown.push(shown);
    if (displayId !== undefined)
      this.siblings.set(displayId, [...(this.siblings.get(displayId) ?? []), shown]);
  }

  private print(name: "stdout" | "stderr", received: string): void {
    const cleaned = name === "stderr" ? received.replaceAll(noise, "") : received;
    const room = longestText - this.textLength;
    if (cleaned === "" || room < 0) return;
    // Negative room marks a cell whose text has been cut: the note is said once.
    this.textLength += cleaned.length;
    const text = cleaned.length <= room ? cleaned : cleaned.slice(0, room) + cutNote;
    const last = this.clearBeforeNext ? undefined : this.shown.at(-1);
    if (last?.output.output_type === "stream" && last.output.name === name) {
      last.output = { ...last.output, text: last.output.text + text };
    } else this.add({ output_type: "stream", name, text });
  }

  private rewrite(displayId: string | undefined, bundle: Bundle): void {
    for (const shown of this.siblings.get(displayId ?? "") ?? []) {
      if ("data" in shown.output) shown.output = { ...shown.output, ...bundle };
    }
  }

  private clear(): void {
    this.shown = [];
    this.clearBeforeNext = false;
  }
}

/** What a kernel said of a failure. */
export function errorFrom(content: JsonObject): CellOutput {
  const { traceback } = content;
  return {
    output_type: "error",
    ename: textIn(content, "ename"),
    evalue: textIn(content, "evalue"),
    traceback: Array.isArray(traceback) ? traceback.filter((line) => typeof line === "string") : [],
  };
}

interface Bundle {
  readonly data: MimeBundle;
  readonly metadata: JsonObject;
}

function bundleOf(content: JsonObject): Bundle {
  return { data: objectIn(content, "data"), metadata: objectIn(content, "metadata") };
}

function displayIdOf(content: JsonObject): string | undefined {
  const id = objectIn(content, "transient")["display_id"];
  return typeof id === "string" ? id : undefined;
}

function objectIn(content: JsonObject, key: string): JsonObject {
  const value = content[key];
  return isObject(value) ? value : {};
}

function textIn(content: JsonObject, key: string): string {
  const value = content[key];
  return typeof value === "string" ? value : "";
}

function numberIn(content: JsonObject, key: string): number | null {
  const value = content[key];
  return typeof value === "number" ? value : null;
}
