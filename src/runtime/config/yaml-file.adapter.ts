/**
 * @file Reads one YAML settings file strictly: YAML 1.2 core, no tags, no merge keys, at most 10 aliases, duplicate keys
 * and non-finite numbers refused, sizes capped before anything is built. All faults are reported, with line and column.
 */
import { readFileSync, statSync } from "node:fs";
import {
  type Document,
  LineCounter,
  type Node,
  type Pair,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  parseDocument,
} from "yaml";
import { GrandModelError, type Issue } from "../errors.ts";
import type { ConfigCode } from "../issues.ts";
import type { Layer, Origin, SettingsTree } from "./layers.ts";

const limits = { bytes: 256 * 1024, depth: 20, nodes: 20_000, list: 1_000, aliases: 10 } as const;
const keyPattern = /^[A-Za-z][A-Za-z0-9_]*$/;
/** Control characters and bidirectional overrides, which make a value read as something else. */
// oxlint-disable-next-line no-control-regex -- naming control characters is the point
const deceptive = /[\u0000-\u0008\u000b-\u001f\u007f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/;

type ConfigIssue = Issue<ConfigCode>;

/**
 * The file as a layer of settings.
 * @throws GrandModelError `CONFIG_MISSING`, `CONFIG_YAML`, `CONFIG_LIMIT`, `CONFIG_KEY`, `CONFIG_TEXT`, `CONFIG_NOT_FINITE`.
 */
export function readYamlLayer(file: string): Layer {
  const text = readCapped(file);
  const lines = new LineCounter();
  const source: Source = { file, rows: text.split("\n"), lines };
  const document = parseDocument(text, {
    version: "1.2",
    schema: "core",
    merge: false,
    uniqueKeys: true,
    strict: true,
    resolveKnownTags: false,
    lineCounter: lines,
    prettyErrors: false,
  });
  const faults: ConfigIssue[] = [...document.errors, ...document.warnings].map((fault) => ({
    ...placeOf(source, fault.pos[0]),
    code: "CONFIG_YAML",
    expected: "YAML 1.2 without custom tags or duplicate keys",
    value: fault.message.split("\n")[0] ?? fault.code,
    hint: "Correct this line; each key may stand once.",
  }));
  if (faults.length === 0) {
    const walk = new Walk(source, document);
    walk.visit(document.contents, "", 0);
    faults.push(...walk.faults);
    if (document.contents !== null && !isMap(document.contents)) {
      faults.push(
        walk.issue(
          document.contents,
          "",
          "CONFIG_YAML",
          "a mapping of keys to values",
          "Write `key: value` lines.",
        ),
      );
    }
    if (faults.length === 0)
      return layerOf(document.toJS({ maxAliasCount: limits.aliases }) ?? {}, walk.origins);
  }
  throw refuse(faults);
}

function layerOf(values: SettingsTree, origins: ReadonlyMap<string, Origin>): Layer {
  return { values, originOf: (path) => origins.get(path) ?? { kind: "default" } };
}

function readCapped(file: string): string {
  const size = statSync(file, { throwIfNoEntry: false })?.size;
  if (size === undefined) {
    throw refuse([
      {
        code: "CONFIG_MISSING",
        file,
        expected: "a readable YAML file",
        hint: "Check the path given to --config.",
      },
    ]);
  }
  if (size > limits.bytes) {
    throw refuse([
      {
        code: "CONFIG_LIMIT",
        file,
        value: size,
        expected: `at most ${limits.bytes} bytes`,
        hint: "Settings are small; data belongs into data files.",
      },
    ]);
  }
  return readFileSync(file, "utf8");
}

function refuse(faults: readonly ConfigIssue[]): GrandModelError {
  const [first, ...rest] = faults;
  if (first === undefined) throw new Error("internal: refused without a fault");
  return new GrandModelError([first, ...rest], { class: "config" });
}

/** Where in the file something stands, and the line that it stands in. */
interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly excerpt: string;
}

/** The file as lines, to turn offsets into places. */
interface Source {
  readonly file: string;
  readonly rows: readonly string[];
  readonly lines: LineCounter;
}

function placeOf({ file, rows, lines }: Source, offset: number): Place {
  const { line, col } = lines.linePos(offset);
  return { file, line: Math.max(line, 1), column: Math.max(col, 1), excerpt: rows[line - 1] ?? "" };
}

/** One pass over the parsed nodes: limits, keys, text, numbers; notes the place of every leaf. */
class Walk {
  readonly faults: ConfigIssue[] = [];
  readonly origins = new Map<string, Origin>();
  private readonly source: Source;
  private readonly document: Document;
  private nodes = 0;
  private aliases = 0;

  constructor(source: Source, document: Document) {
    this.source = source;
    this.document = document;
  }

  visit(node: unknown, path: string, depth: number): void {
    this.nodes += 1;
    if (this.nodes > limits.nodes || depth > limits.depth) {
      if (this.faults.every((fault) => fault.code !== "CONFIG_LIMIT")) {
        this.report(
          node,
          path,
          "CONFIG_LIMIT",
          `at most ${limits.nodes} nodes, ${limits.depth} deep`,
          "Flatten the file.",
        );
      }
      return;
    }
    if (isMap(node)) {
      this.mark(node, path);
      for (const pair of node.items) this.visitPair(pair, path, depth);
    } else if (isSeq(node)) {
      this.mark(node, path);
      if (node.items.length > limits.list) {
        this.report(node, path, "CONFIG_LIMIT", `lists of at most ${limits.list} items`, "Shorten the list.");
        return;
      }
      node.items.forEach((item, i) => this.visit(item, `${path}[${i}]`, depth + 1));
    } else if (isAlias(node)) {
      this.visitAlias(node, node.resolve(this.document), path, depth);
    } else if (isScalar(node)) {
      this.mark(node, path);
      this.checkScalar(node, node.value, path);
    }
  }

  issue(node: unknown, path: string, code: ConfigCode, expected: string, hint: string): ConfigIssue {
    const offset = isPlaced(node) ? (node.range?.[0] ?? 0) : 0;
    const value = isScalar(node) ? { value: String(node.value) } : {};
    const at = path === "" ? {} : { path };
    return { ...placeOf(this.source, offset), ...at, ...value, code, expected, hint };
  }

  /** A recursive alias would be visited without end: the depth and node limits refuse it. */
  private visitAlias(alias: Node, target: unknown, path: string, depth: number): void {
    this.aliases += 1;
    if (target === undefined || this.aliases > limits.aliases) {
      this.report(
        alias,
        path,
        "CONFIG_YAML",
        `at most ${limits.aliases} aliases of plain values`,
        "Write the value out.",
      );
      return;
    }
    this.visit(target, path, depth + 1);
  }

  private visitPair(pair: Pair, path: string, depth: number): void {
    const key = isScalar(pair.key) ? pair.key.value : undefined;
    if (typeof key !== "string" || !keyPattern.test(key) || key === "constructor" || key === "prototype") {
      this.report(
        pair.key,
        path,
        "CONFIG_KEY",
        "keys of letters, digits and _ that begin with a letter",
        "Rename the key.",
      );
      return;
    }
    this.visit(pair.value, path === "" ? key : `${path}.${key}`, depth + 1);
  }

  private checkScalar(node: unknown, value: unknown, path: string): void {
    if (typeof value === "number" && !Number.isFinite(value)) {
      this.report(
        node,
        path,
        "CONFIG_NOT_FINITE",
        "a finite number",
        "Write the number, or leave the key out.",
      );
    }
    if (typeof value === "string" && (deceptive.test(value) || value.normalize("NFC") !== value)) {
      this.report(
        node,
        path,
        "CONFIG_TEXT",
        "NFC text without control or direction characters",
        "Retype the value.",
      );
    }
  }

  private mark(node: Node, path: string): void {
    const place = placeOf(this.source, node.range?.[0] ?? 0);
    this.origins.set(path, { kind: "file", ...place });
  }

  private report(node: unknown, path: string, code: ConfigCode, expected: string, hint: string): void {
    this.faults.push(this.issue(node, path, code, expected, hint));
  }
}

function isPlaced(node: unknown): node is Node {
  return typeof node === "object" && node !== null && "range" in node;
}
