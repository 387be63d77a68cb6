/**
 * @file Snapshots as bytes: `GMSN`, version, then length-prefixed parts, the first of which names the environment.
 * Little-endian; parts are copied, so a snapshot does not change when the environment goes on.
 */
import { environmentError } from "../issues.ts";

const MAGIC = 0x4e534d47;
const VERSION = 1;

/**
 * The state of some copies: columns are [copies, ...] arrays, objects are the snapshots of object environments, one per
 * copy. Because both go copy by copy, ranges can be joined and cut: a snapshot does not depend on the number of threads.
 */
export interface CopyState {
  readonly columns: readonly ArrayBufferView[];
  readonly objects: readonly Uint8Array[];
}

/** The states of adjoining ranges, in order, as one snapshot of `name`. */
export function packStates(name: string, states: readonly CopyState[]): Uint8Array {
  const count = states[0]?.columns.length ?? 0;
  const columns = Array.from({ length: count }, (_, i) => joinBytes(states.map((state) => state.columns[i])));
  return packSnapshot(name, [Uint32Array.of(count), ...columns, ...states.flatMap((state) => state.objects)]);
}

/** The part of a snapshot of `total` copies that belongs to copies `first .. first + copies - 1`. */
export function unpackState(
  name: string,
  bytes: Uint8Array,
  range: { readonly first: number; readonly copies: number; readonly total: number },
): CopyState {
  const [header, ...parts] = unpackSnapshot(name, bytes);
  const count = header === undefined ? 0 : new DataView(header.buffer).getUint32(0, true);
  const { first, copies, total } = range;
  const columns = parts.slice(0, count).map((part) => {
    const width = part.byteLength / total;
    return part.subarray(first * width, (first + copies) * width);
  });
  return { columns, objects: parts.slice(count).slice(first, first + copies) };
}

function joinBytes(parts: readonly (ArrayBufferView | undefined)[]): Uint8Array {
  const all = parts.filter((part) => part !== undefined);
  const out = new Uint8Array(all.reduce((sum, part) => sum + part.byteLength, 0));
  let at = 0;
  for (const part of all) {
    out.set(bytesOf(part), at);
    at += part.byteLength;
  }
  return out;
}

/** Packs parts behind a name. */
export function packSnapshot(name: string, parts: readonly ArrayBufferView[]): Uint8Array {
  const all = [new TextEncoder().encode(name), ...parts];
  const size = all.reduce((sum, part) => sum + 4 + part.byteLength, 12);
  const out = new Uint8Array(size);
  const view = new DataView(out.buffer);
  view.setUint32(0, MAGIC, true);
  view.setUint32(4, VERSION, true);
  view.setUint32(8, all.length, true);
  let at = 12;
  for (const part of all) {
    view.setUint32(at, part.byteLength, true);
    out.set(bytesOf(part), at + 4);
    at += 4 + part.byteLength;
  }
  return out;
}

/** The parts of a snapshot of `name`. @throws GrandModelError `ENV_SNAPSHOT_INVALID`. */
export function unpackSnapshot(name: string, bytes: Uint8Array): readonly Uint8Array[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 12 || view.getUint32(0, true) !== MAGIC || view.getUint32(4, true) !== VERSION) {
    throw invalid("bytes that are no snapshot of this version", name);
  }
  const parts: Uint8Array[] = [];
  let at = 12;
  for (let left = view.getUint32(8, true); left > 0; left -= 1) {
    const length = at + 4 <= bytes.length ? view.getUint32(at, true) : Number.POSITIVE_INFINITY;
    if (at + 4 + length > bytes.length) throw invalid("a snapshot that is cut short", name);
    parts.push(bytes.slice(at + 4, at + 4 + length));
    at += 4 + length;
  }
  const [title, ...rest] = parts;
  const found = new TextDecoder().decode(title);
  if (found !== name) throw invalid(`a snapshot of ${found}`, name);
  return rest;
}

/** Copies a part over an array of the same size. @throws GrandModelError `ENV_SNAPSHOT_INVALID`. */
export function restoreArray(name: string, part: ArrayBufferView | undefined, into: ArrayBufferView): void {
  if (part === undefined || part.byteLength !== into.byteLength) {
    throw invalid(`${part?.byteLength ?? 0} bytes where ${into.byteLength} belong`, name);
  }
  new Uint8Array(into.buffer, into.byteOffset, into.byteLength).set(bytesOf(part));
}

function bytesOf(part: ArrayBufferView): Uint8Array {
  return new Uint8Array(part.buffer, part.byteOffset, part.byteLength);
}

function invalid(value: string, name: string): Error {
  return environmentError("ENV_SNAPSHOT_INVALID", {
    value,
    expected: `a snapshot of ${name} with the same number of copies`,
    hint: "Restore into an environment of the same id and version, with the same number of copies.",
  });
}
