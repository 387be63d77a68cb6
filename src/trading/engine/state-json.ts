/**
 * @file The state of a run as JSON and back: objects with their classes, arrays, typed arrays, maps, shared and cyclic
 * references, frozen objects, and the numbers that JSON lacks. The counterpart on paper of `clone.ts`.
 *
 * Form: `{ root, nodes }`; a value is a scalar, `{ r: index of a node }`, or `{ n: "NaN" | "Infinity" | "-Infinity" | "-0" }`.
 * Equal states give equal text, because nodes are numbered in order of first meeting.
 */
import type { Json } from "../../runtime/json.ts";

/** Classes that a state may hold, by the name that stands in the text. */
export type StateClasses = Readonly<Record<string, { readonly prototype: object }>>;

const views = {
  Float64Array,
  Float32Array,
  Int32Array,
  Uint8Array,
  Int8Array,
  Uint16Array,
} as const;
type ViewName = keyof typeof views;

type Value = null | boolean | number | string | { readonly r: number } | { readonly n: string };
type Fields = Readonly<Record<string, Value>>;

type Node =
  | { readonly kind: "object"; readonly class: string; readonly frozen: boolean; readonly fields: Fields }
  | { readonly kind: "array"; readonly frozen: boolean; readonly items: readonly Value[] }
  | { readonly kind: "map"; readonly entries: readonly (readonly [Value, Value])[] }
  | { readonly kind: "view"; readonly type: ViewName; readonly items: readonly Value[] };

interface Document {
  readonly root: Value;
  readonly nodes: readonly Node[];
}

/** A state as JSON. @throws TypeError for a function, a symbol, or an object of a class that is not in `classes`. */
export function encodeState(state: unknown, classes: StateClasses): Json {
  const names = new Map(Object.entries(classes).map(([name, made]) => [made.prototype, name]));
  const known = new Map<object, number>();
  const nodes: Node[] = [];
  const value = (item: unknown): Value => {
    if (item === undefined) return { n: "undefined" };
    if (typeof item === "number") return numberValue(item);
    if (item === null || typeof item === "boolean" || typeof item === "string") return item;
    if (typeof item !== "object") throw new TypeError(`internal: a ${typeof item} is no state`);
    const before = known.get(item);
    if (before !== undefined) return { r: before };
    const index = nodes.length;
    known.set(item, index);
    // The place is taken first: what the node holds may point back at it.
    nodes.push({ kind: "array", frozen: false, items: [] });
    nodes[index] = node(item);
    return { r: index };
  };
  const node = (item: object): Node => {
    if (Array.isArray(item)) return { kind: "array", frozen: Object.isFrozen(item), items: item.map(value) };
    if (item instanceof Map) {
      return { kind: "map", entries: [...item].map(([key, held]) => [value(key), value(held)]) };
    }
    if (ArrayBuffer.isView(item)) return viewNode(item);
    return {
      kind: "object",
      class: classOf(item, names),
      frozen: Object.isFrozen(item),
      fields: Object.fromEntries(Object.entries(item).map(([key, held]) => [key, value(held)])),
    };
  };
  const root = value(state);
  return { root, nodes };
}

/** The state of a document. @throws TypeError for a class that is not in `classes` or a reference to nowhere. */
export function decodeState(json: Json, classes: StateClasses): unknown {
  const { root, nodes } = json as unknown as Document;
  const made = nodes.map((node) => emptyOf(node, classes));
  const value = (held: Value): unknown => {
    if (held === null || typeof held !== "object") return held;
    if ("n" in held) return held.n === "undefined" ? undefined : Number(held.n);
    const found = made[held.r];
    if (found === undefined) throw new TypeError(`internal: no node ${held.r} in this state`);
    return found;
  };
  for (const [i, node] of nodes.entries()) fill(made[i] ?? {}, node, value);
  for (const [i, node] of nodes.entries()) if ("frozen" in node && node.frozen) Object.freeze(made[i]);
  return value(root);
}

function numberValue(item: number): Value {
  if (Number.isFinite(item) && !Object.is(item, -0)) return item;
  return { n: Object.is(item, -0) ? "-0" : String(item) };
}

function viewNode(item: ArrayBufferView): Node {
  const type = item.constructor.name as ViewName;
  if (!(type in views)) throw new TypeError(`internal: a ${type} is no state`);
  return { kind: "view", type, items: Array.from(item as Float64Array, numberValue) };
}

function classOf(item: object, names: ReadonlyMap<object, string>): string {
  const prototype = Object.getPrototypeOf(item) as object | null;
  if (prototype === null || prototype === Object.prototype) return "";
  const name = names.get(prototype);
  if (name === undefined) throw new TypeError(`internal: a ${item.constructor.name} is no known state`);
  return name;
}

function emptyOf(node: Node, classes: StateClasses): object {
  switch (node.kind) {
    case "array":
      return [];
    case "map":
      return new Map();
    case "view":
      return new views[node.type](node.items.length);
    case "object": {
      if (node.class === "") return {};
      const known = classes[node.class];
      if (known === undefined) throw new TypeError(`internal: no class ${node.class} in this program`);
      return Object.create(known.prototype) as object;
    }
    default:
      return node satisfies never;
  }
}

function fill(target: object, node: Node, value: (held: Value) => unknown): void {
  switch (node.kind) {
    case "array":
      for (const item of node.items) (target as unknown[]).push(value(item));
      return;
    case "map":
      for (const [key, held] of node.entries) (target as Map<unknown, unknown>).set(value(key), value(held));
      return;
    case "view":
      for (const [i, item] of node.items.entries()) (target as Float64Array)[i] = value(item) as number;
      return;
    case "object":
      for (const [key, held] of Object.entries(node.fields)) {
        Object.defineProperty(target, key, {
          value: value(held),
          writable: true,
          enumerable: true,
          configurable: true,
        });
      }
      return;
    default:
      node satisfies never;
  }
}
