/**
 * @file What a checkpoint is: named typed arrays and one JSON state at a step, with a manifest that makes every byte
 * accountable. On disk it is a folder `step-000000012800/` with `manifest.json` and `arrays.bin` (`store.adapter.ts`).
 *
 * Invariants: arrays lie in `arrays.bin` in the order of the manifest, each at a multiple of 8 bytes, little endian; the
 * manifest holds the sha256 of each array and of itself; reading refuses any difference before an array is handed out.
 */
import { GrandModelError, type Issue } from "../errors.ts";
import { bytesOf, hashJson, sha256 } from "../hash.adapter.ts";
import type { Json } from "../json.ts";
import type { StorageCode } from "../issues.ts";

/** Raised when a reader of today could not understand a file of tomorrow, or the other way round. */
const formatVersion = 1;

/** Array kinds that a checkpoint stores. */
export type CheckpointArray =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array;

/** Everything that a resumed run needs. */
export interface Checkpoint {
  /** Position of the run in environment steps; orders checkpoints and names the folder. */
  readonly step: number;
  /** Parameters, moments, statistics, environment snapshots, by name. */
  readonly arrays: Readonly<Record<string, CheckpointArray>>;
  /** Everything that is not an array: counters, generator states, configuration. JSON only. */
  readonly state: Json;
  /** Higher is better; the best checkpoint is kept whatever its age. */
  readonly score?: number;
}

const makers = {
  f32: (b: ArrayBuffer): CheckpointArray => new Float32Array(b),
  f64: (b: ArrayBuffer): CheckpointArray => new Float64Array(b),
  i8: (b: ArrayBuffer): CheckpointArray => new Int8Array(b),
  u8: (b: ArrayBuffer): CheckpointArray => new Uint8Array(b),
  i16: (b: ArrayBuffer): CheckpointArray => new Int16Array(b),
  u16: (b: ArrayBuffer): CheckpointArray => new Uint16Array(b),
  i32: (b: ArrayBuffer): CheckpointArray => new Int32Array(b),
  u32: (b: ArrayBuffer): CheckpointArray => new Uint32Array(b),
  i64: (b: ArrayBuffer): CheckpointArray => new BigInt64Array(b),
  u64: (b: ArrayBuffer): CheckpointArray => new BigUint64Array(b),
} as const;
type ArrayKind = keyof typeof makers;

interface ArrayEntry {
  readonly name: string;
  readonly kind: ArrayKind;
  /** Elements. */
  readonly length: number;
  /** Bytes from the start of `arrays.bin`. */
  readonly offset: number;
  readonly bytes: number;
  readonly sha256: string;
}

/** The content of `manifest.json`, without its own hash. */
interface ManifestBody {
  readonly format: "grandmodel-checkpoint";
  readonly version: number;
  readonly step: number;
  readonly score: number | null;
  readonly arrays: readonly ArrayEntry[];
  readonly state: Json;
}

/** The two files of a checkpoint. */
export interface EncodedCheckpoint {
  readonly manifest: string;
  /** To be written one after the other. */
  readonly parts: readonly Uint8Array[];
  /** sha256 over everything but the score: equal runs have equal hashes. */
  readonly contentHash: string;
}

/** Lays out the arrays (sorted by name) and hashes them. The parts are views: write before the arrays change. */
export function encodeCheckpoint(checkpoint: Checkpoint): EncodedCheckpoint {
  const parts: Uint8Array[] = [];
  const entries: ArrayEntry[] = [];
  let offset = 0;
  for (const name of Object.keys(checkpoint.arrays).sort()) {
    const array = checkpoint.arrays[name];
    if (array === undefined) continue;
    const bytes = bytesOf(array);
    entries.push({
      name,
      kind: kindOf(array),
      length: array.length,
      offset,
      bytes: bytes.length,
      sha256: sha256(bytes),
    });
    const padding = (8 - (bytes.length % 8)) % 8;
    parts.push(bytes, new Uint8Array(padding));
    offset += bytes.length + padding;
  }
  const { step, state, score } = checkpoint;
  const content = {
    format: "grandmodel-checkpoint",
    version: formatVersion,
    step,
    arrays: entries,
    state,
  } as const;
  const body: ManifestBody = { ...content, score: score ?? null };
  const manifest = `${JSON.stringify({ ...body, sha256: hashJson(asJson(body)) }, undefined, 1)}\n`;
  return { manifest, parts, contentHash: hashJson(asJson(content)) };
}

/**
 * The checkpoint in the two files, after every hash was compared.
 * @throws GrandModelError `CHECKPOINT_CORRUPT` or `CHECKPOINT_VERSION` with what differs.
 */
export function decodeCheckpoint(manifestText: string, blob: Uint8Array, folder: string): Checkpoint {
  const body = readManifest(manifestText, folder);
  const arrays: Record<string, CheckpointArray> = {};
  for (const entry of body.arrays) {
    const end = entry.offset + entry.bytes;
    if (end > blob.length) {
      throw corrupt(folder, entry.name, `${blob.length} bytes`, `arrays.bin of at least ${end} bytes`);
    }
    // A copy in a buffer of its own: a Buffer.slice would be a view into a shared pool.
    const bytes = new Uint8Array(blob.subarray(entry.offset, end));
    if (sha256(bytes) !== entry.sha256)
      throw corrupt(folder, entry.name, "other bytes", "the bytes that were hashed");
    const array = makers[entry.kind](bytes.buffer);
    if (array.length !== entry.length) {
      throw corrupt(folder, entry.name, `${array.length} elements`, `${entry.length} elements`);
    }
    arrays[entry.name] = array;
  }
  const scored = body.score === null ? {} : { score: body.score };
  return { step: body.step, arrays, state: body.state, ...scored };
}

/** Step and score of a manifest whose own hash holds. @throws as `decodeCheckpoint`. */
export function readManifest(text: string, folder: string): ManifestBody {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw corrupt(folder, "manifest.json", "broken JSON", "a complete JSON document");
  }
  if (!isSealed(parsed)) throw corrupt(folder, "manifest.json", "another document", "a checkpoint manifest");
  const { sha256: seal, ...body } = parsed;
  if (body.version !== formatVersion) {
    throw refusal(
      "CHECKPOINT_VERSION",
      folder,
      "version",
      String(body.version),
      `format version ${formatVersion}`,
    );
  }
  if (hashJson(asJson(body)) !== seal) {
    throw corrupt(folder, "manifest.json", "another content", "the content that was hashed");
  }
  return body;
}

function isSealed(value: unknown): value is ManifestBody & { readonly sha256: string } {
  return (
    typeof value === "object" &&
    value !== null &&
    "format" in value &&
    value.format === "grandmodel-checkpoint" &&
    "sha256" in value &&
    "arrays" in value &&
    Array.isArray(value.arrays)
  );
}

/** A manifest is JSON by construction; the index signature is all that its interface lacks. */
function asJson(value: object): Json {
  return value as Json;
}

function kindOf(array: CheckpointArray): ArrayKind {
  const prefix =
    array instanceof Float32Array || array instanceof Float64Array ? "f" : isSigned(array) ? "i" : "u";
  return `${prefix}${array.BYTES_PER_ELEMENT * 8}` as ArrayKind;
}

function isSigned(array: CheckpointArray): boolean {
  return (
    array instanceof Int8Array ||
    array instanceof Int16Array ||
    array instanceof Int32Array ||
    array instanceof BigInt64Array
  );
}

function corrupt(folder: string, path: string, value: string, expected: string): GrandModelError {
  return refusal("CHECKPOINT_CORRUPT", folder, path, value, expected);
}

function refusal(
  code: StorageCode,
  file: string,
  path: string,
  value: string,
  expected: string,
): GrandModelError {
  const hint =
    "The checkpoint before it is used instead where there is one; restore the folder from a copy to use this one.";
  const issue: Issue<StorageCode> = { code, file, path, value, expected, hint };
  return new GrandModelError(issue, { class: "data" });
}
