/**
 * @file The safetensors format (huggingface/safetensors, format document of version 0.4): 8 bytes of little-endian
 * header length, a JSON header `{ name: { dtype, shape, data_offsets } }` padded with spaces to a multiple of eight,
 * then the tensors back to back. Readable by Python, Rust and browser tools; no code runs on loading.
 * Invariants of what is written: widest dtype first, then by name, so that every tensor is aligned to its element
 * and equal contents give equal bytes; no gaps. Reading refuses gaps, overlaps and everything past the end.
 * Not attempted: half-precision, 8- and 16-bit integer types, which the networks here do not use.
 */
import { z } from "zod";
import { GrandModelError } from "../../runtime/errors.ts";
import type { NetworkIssue } from "../issues.ts";

/** Values of one stored tensor; the array class decides the dtype. */
export type StoredValues = Float32Array | Float64Array | Int32Array | BigInt64Array | Uint8Array;

/** One tensor of a file, row-major. */
export interface StoredTensor {
  readonly shape: readonly number[];
  readonly values: StoredValues;
}

/** Content of a file: tensors by name and free text by key (feature names, schema version, hashes). */
export interface SafetensorsContent {
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  readonly metadata: ReadonlyMap<string, string>;
}

const METADATA = "__metadata__";
/** The limit of the reference implementation, against headers that exhaust memory. */
const LONGEST_HEADER = 100_000_000;

const dtypes = {
  F64: { bytes: 8, read: (buffer: ArrayBuffer): StoredValues => new Float64Array(buffer) },
  I64: { bytes: 8, read: (buffer: ArrayBuffer): StoredValues => new BigInt64Array(buffer) },
  F32: { bytes: 4, read: (buffer: ArrayBuffer): StoredValues => new Float32Array(buffer) },
  I32: { bytes: 4, read: (buffer: ArrayBuffer): StoredValues => new Int32Array(buffer) },
  U8: { bytes: 1, read: (buffer: ArrayBuffer): StoredValues => new Uint8Array(buffer) },
} as const;

const extent = z.int().nonnegative();
const entrySchema = z.strictObject({
  dtype: z.enum(["F64", "I64", "F32", "I32", "U8"]),
  shape: z.array(extent),
  data_offsets: z.tuple([extent, extent]),
});
const metadataSchema = z.record(z.string(), z.string());
type Entry = z.infer<typeof entrySchema>;

/** @throws GrandModelError `WEIGHTS_CORRUPT` for a tensor whose shape and number of values disagree. */
export function encodeSafetensors(content: SafetensorsContent): Uint8Array {
  const tensors = [...content.tensors].sort(
    ([nameA, a], [nameB, b]) =>
      b.values.BYTES_PER_ELEMENT - a.values.BYTES_PER_ELEMENT || compare(nameA, nameB),
  );
  let offset = 0;
  const entries = tensors.map(([name, { shape, values }]): [string, unknown] => {
    requireWritable(name, shape, values);
    const end = offset + values.byteLength;
    const entry: Entry = { dtype: dtypeOf(values), shape: [...shape], data_offsets: [offset, end] };
    offset = end;
    return [name, entry];
  });
  if (content.metadata.size > 0) {
    const sorted = [...content.metadata].sort(([a], [b]) => compare(a, b));
    entries.unshift([METADATA, Object.fromEntries(sorted)]);
  }
  const header = headerBytes(entries);
  const bytes = new Uint8Array(8 + header.length + offset);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(header.length), true);
  bytes.set(header, 8);
  let position = 8 + header.length;
  for (const [, { values }] of tensors) {
    bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), position);
    position += values.byteLength;
  }
  return bytes;
}

/**
 * Tensors are copied out of `bytes`.
 * @param file named in the error
 * @throws GrandModelError `WEIGHTS_CORRUPT` for anything that is not a complete, consistent file.
 */
export function decodeSafetensors(bytes: Uint8Array, file?: string): SafetensorsContent {
  const corrupt = refusal(file);
  const { header, dataStart } = readHeader(bytes, corrupt);
  const metadata = new Map<string, string>();
  const entries: [string, Entry][] = [];
  for (const [name, value] of Object.entries(header)) {
    if (name === METADATA) {
      const parsed = metadataSchema.safeParse(value);
      if (!parsed.success) return corrupt(name, "text by key", z.prettifyError(parsed.error));
      for (const [key, text] of Object.entries(parsed.data)) metadata.set(key, text);
    } else {
      const parsed = entrySchema.safeParse(value);
      if (!parsed.success) {
        return corrupt(
          name,
          "dtype (F64, I64, F32, I32 or U8), shape, data_offsets",
          z.prettifyError(parsed.error),
        );
      }
      entries.push([name, parsed.data]);
    }
  }
  requireContiguous(entries, bytes.length - dataStart, corrupt);
  const tensors = new Map<string, StoredTensor>();
  for (const [name, entry] of entries) {
    const [start, end] = entry.data_offsets;
    // A fresh buffer: the offset in the file need not be a multiple of the element size.
    const copy = new Uint8Array(bytes.subarray(dataStart + start, dataStart + end));
    tensors.set(name, { shape: entry.shape, values: dtypes[entry.dtype].read(copy.buffer) });
  }
  return { tensors, metadata };
}

type Corrupt = (path: string, expected: string, value: string | number) => never;

function refusal(file: string | undefined): Corrupt {
  return (path, expected, value) => {
    const place = file === undefined ? { path } : { file, path };
    const hint = "The file is damaged or of another format: take the one before it, or save it again.";
    const issue: NetworkIssue = { code: "WEIGHTS_CORRUPT", ...place, value, expected, hint };
    throw new GrandModelError(issue, { class: "data" });
  };
}

function readHeader(bytes: Uint8Array, corrupt: Corrupt): { header: object; dataStart: number } {
  if (bytes.length < 8) return corrupt("header length", "8 bytes", bytes.length);
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true));
  const room = Math.min(bytes.length - 8, LONGEST_HEADER);
  if (length > room) return corrupt("header length", `at most ${room} bytes`, length);
  const text = bytes.subarray(8, 8 + length);
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(text));
  } catch (error) {
    return corrupt("header", "JSON in UTF-8", error instanceof Error ? error.message : "unreadable");
  }
  if (typeof header !== "object" || header === null || Array.isArray(header)) {
    return corrupt("header", "an object", JSON.stringify(header));
  }
  return { header, dataStart: 8 + length };
}

/** The tensors must fill the data exactly once, in the order of their offsets. */
function requireContiguous(
  entries: readonly (readonly [string, Entry])[],
  size: number,
  corrupt: Corrupt,
): void {
  const ordered = [...entries].sort(
    ([, a], [, b]) => a.data_offsets[0] - b.data_offsets[0] || a.data_offsets[1] - b.data_offsets[1],
  );
  let expectedStart = 0;
  for (const [name, { dtype, shape, data_offsets }] of ordered) {
    const [start, end] = data_offsets;
    if (start !== expectedStart) corrupt(name, `data that starts at byte ${expectedStart}`, start);
    const bytes = shape.reduce((product, n) => product * n, dtypes[dtype].bytes);
    if (end - start !== bytes)
      corrupt(name, `${bytes} bytes for ${dtype} [${shape.join(", ")}]`, end - start);
    expectedStart = end;
  }
  if (expectedStart !== size) corrupt("data", `${expectedStart} bytes`, size);
}

function requireWritable(name: string, shape: readonly number[], values: StoredValues): void {
  const corrupt = refusal(undefined);
  if (name === METADATA) corrupt(name, "a tensor name", name);
  const count = shape.reduce((product, n) => product * n, 1);
  if (count !== values.length) corrupt(name, `${count} values for [${shape.join(", ")}]`, values.length);
}

function headerBytes(entries: readonly (readonly [string, unknown])[]): Uint8Array {
  const fields = entries.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`);
  const json = new TextEncoder().encode(`{${fields.join(",")}}`);
  const padded = new Uint8Array(Math.ceil(json.length / 8) * 8).fill(0x20);
  padded.set(json);
  return padded;
}

function dtypeOf(values: StoredValues): Entry["dtype"] {
  if (values instanceof Float64Array) return "F64";
  if (values instanceof BigInt64Array) return "I64";
  if (values instanceof Float32Array) return "F32";
  return values instanceof Int32Array ? "I32" : "U8";
}

/** By UTF-16 unit: the same order on every machine and locale. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
