/**
 * @file One file out of a zip archive (stored or deflated), found through the central directory.
 *
 * Source: APPNOTE.TXT 6.3.3. Not attempted: encryption, zip64, archives over several disks. Sizes are checked before
 * anything is allocated, so that a bomb is refused.
 */
import { inflateRawSync } from "node:zlib";
import { marketError } from "../issues.ts";

/** Largest unpacked entry. */
const largestEntry = 1 << 30;

interface ZipEntry {
  readonly name: string;
  readonly method: number;
  readonly compressed: number;
  readonly size: number;
  readonly offset: number;
}

/**
 * The wanted entry of an archive.
 * @param wanted part of its name; needed when the archive holds several files.
 * @throws GrandModelError `FILE_FORMAT` for damaged archives, `NOT_BARS` when the choice is open.
 */
export function readZip(
  archive: Uint8Array,
  file: string,
  wanted?: string,
): { readonly name: string; readonly bytes: Uint8Array } {
  const view = new DataView(archive.buffer, archive.byteOffset, archive.byteLength);
  try {
    const entry = choose(listEntries(view, archive), file, wanted);
    return { name: entry.name, bytes: unpack(view, archive, entry) };
  } catch (cause) {
    if (cause instanceof RangeError || (cause instanceof Error && "errno" in cause))
      throw damaged(file, cause);
    throw cause;
  }
}

function damaged(file: string, cause?: unknown): Error {
  return marketError(
    {
      code: "FILE_FORMAT",
      file,
      expected: "a complete zip archive of stored or deflated files up to 1 GiB",
      hint: "The archive is damaged or of an unusual kind: unpack it and import the file inside.",
    },
    cause,
  );
}

function listEntries(view: DataView, archive: Uint8Array): readonly ZipEntry[] {
  let end = archive.length - 22;
  while (end >= 0 && view.getUint32(end, true) !== 0x06054b50) end -= 1;
  if (end < 0) throw new RangeError("no end of central directory");
  const count = view.getUint16(end + 10, true);
  const entries: ZipEntry[] = [];
  for (let at = view.getUint32(end + 16, true), i = 0; i < count; i++) {
    if (view.getUint32(at, true) !== 0x02014b50) throw new RangeError("not a central directory record");
    const nameLength = view.getUint16(at + 28, true);
    entries.push({
      name: new TextDecoder().decode(archive.subarray(at + 46, at + 46 + nameLength)),
      method: view.getUint16(at + 10, true),
      compressed: view.getUint32(at + 20, true),
      size: view.getUint32(at + 24, true),
      offset: view.getUint32(at + 42, true),
    });
    at += 46 + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  return entries.filter(({ name }) => !name.endsWith("/"));
}

function choose(entries: readonly ZipEntry[], file: string, wanted: string | undefined): ZipEntry {
  const matching = wanted === undefined ? entries : entries.filter(({ name }) => name.includes(wanted));
  const [first, second] = matching;
  if (first !== undefined && second === undefined) return first;
  throw marketError({
    code: first === undefined ? "FILE_MISSING" : "NOT_BARS",
    file,
    path: "entry",
    ...(wanted === undefined ? {} : { value: wanted }),
    expected: `one of the archive's files: ${entries.map(({ name }) => name).join(", ")}`,
    hint: "Say which with --entry and a part of its name: contracts are not mixed.",
  });
}

function unpack(view: DataView, archive: Uint8Array, entry: ZipEntry): Uint8Array {
  if (entry.size > largestEntry) throw new RangeError("entry too large");
  const start =
    entry.offset + 30 + view.getUint16(entry.offset + 26, true) + view.getUint16(entry.offset + 28, true);
  const data = archive.subarray(start, start + entry.compressed);
  if (entry.method === 0) return data;
  if (entry.method !== 8) throw new RangeError(`compression method ${entry.method}`);
  return inflateRawSync(data, { maxOutputLength: Math.max(1, entry.size) });
}
