/**
 * @file Files as chunks of text bytes: plain, gzip (by magic number), zip, UTF-16, JSON arrays; hashed as they are read.
 *
 * Nothing is unpacked to disk; memory is one chunk, except for zip and JSON, which are read whole. Parquet goes through
 * `parquet.adapter.ts`. Refused with the way out: Databento DBN, zstd, and what is not text.
 */
import { createHash } from "node:crypto";
import { closeSync, createReadStream, openSync, readFileSync, readSync, statSync } from "node:fs";
import { basename } from "node:path";
import { createGunzip } from "node:zlib";
import { marketError } from "../issues.ts";
import { jsonToCsv } from "./json-bars.ts";
import { refuseTicks } from "./tick-files.ts";
import { readZip } from "./zip.adapter.ts";

const chunkBytes = 1 << 20;

/** A file that can be read more than once. */
export interface TextSource {
  /** Name without folders; for zip archives with the entry: `a.zip/b.csv`. */
  readonly name: string;
  /** Bytes of the file on disk. */
  readonly bytes: number;
  /** The text, decompressed, as UTF-8. */
  readonly chunks: () => Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
  /** sha256 of the file on disk. */
  readonly sha256: () => Promise<string>;
}

/**
 * Opens a file.
 * @param entry part of the name of the wanted file inside a zip archive.
 * @throws GrandModelError `FILE_MISSING`, `FILE_FORMAT`, `NOT_BARS`.
 */
export function openSource(path: string, entry?: string): TextSource {
  const name = basename(path);
  refuseTicks(name);
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined || !stat.isFile()) throw missing(path);
  const magic = readMagic(path);
  refuseBinary(name, magic);
  const base = { name, bytes: stat.size, sha256: () => hashFile(path) };
  if (magic[0] === 0x1f && magic[1] === 0x8b) return { ...base, chunks: () => gunzipChunks(path) };
  if (magic[0] === 0x50 && magic[1] === 0x4b) {
    const file = readZip(readFileSync(path), name, entry);
    return { ...base, name: `${name}/${file.name}`, chunks: () => [file.bytes] };
  }
  const utf16 = utf16Label(magic);
  if (utf16 !== undefined) {
    return {
      ...base,
      chunks: () => [new TextEncoder().encode(new TextDecoder(utf16).decode(readFileSync(path)))],
    };
  }
  if (/\.json$/i.test(name)) return { ...base, chunks: () => [jsonToCsv(readFileSync(path, "utf8"), name)] };
  return { ...base, chunks: () => fileChunks(path) };
}

function missing(path: string): Error {
  return marketError({
    code: "FILE_MISSING",
    file: path,
    expected: "a file that exists",
    hint: "Check the path; names with spaces need quotes.",
  });
}

function readMagic(path: string): Uint8Array {
  const fd = openSync(path, "r");
  try {
    const magic = new Uint8Array(16);
    return magic.subarray(0, readSync(fd, magic, 0, magic.length, 0));
  } finally {
    closeSync(fd);
  }
}

/** Formats that are recognised and not read. */
function refuseBinary(name: string, magic: Uint8Array): void {
  const zstd = magic[0] === 0x28 && magic[1] === 0xb5 && magic[2] === 0x2f && magic[3] === 0xfd;
  const dbn = magic[0] === 0x44 && magic[1] === 0x42 && magic[2] === 0x4e;
  if (dbn || /\.dbn(?:\.zst)?$/i.test(name)) {
    throw marketError({
      code: "FILE_FORMAT",
      file: name,
      value: "Databento DBN",
      expected: "CSV, gzip, zip, JSON or Parquet",
      hint: "No maintained DBN reader exists for Node: request the schema ohlcv-1m with encoding csv, or run `dbn file.dbn.zst --csv`.",
    });
  }
  if (zstd) {
    throw marketError({
      code: "FILE_FORMAT",
      file: name,
      value: "zstd",
      expected: "CSV, gzip, zip, JSON or Parquet",
      hint: "Unpack it first: zstd -d FILE.",
    });
  }
}

function utf16Label(magic: Uint8Array): "utf-16le" | "utf-16be" | undefined {
  if (magic[0] === 0xff && magic[1] === 0xfe) return "utf-16le";
  return magic[0] === 0xfe && magic[1] === 0xff ? "utf-16be" : undefined;
}

/** The file in chunks, without a UTF-8 byte order mark. */
function* fileChunks(path: string): Iterable<Uint8Array> {
  const fd = openSync(path, "r");
  try {
    for (let position = 0; ;) {
      const buffer = new Uint8Array(chunkBytes);
      const read = readSync(fd, buffer, 0, chunkBytes, position);
      if (read === 0) return;
      const chunk = buffer.subarray(0, read);
      yield position === 0 ? withoutMark(chunk) : chunk;
      position += read;
    }
  } finally {
    closeSync(fd);
  }
}

async function* gunzipChunks(path: string): AsyncIterable<Uint8Array> {
  const stream = createReadStream(path, { highWaterMark: chunkBytes }).pipe(
    createGunzip({ chunkSize: chunkBytes }),
  );
  let first = true;
  try {
    for await (const chunk of stream as AsyncIterable<Uint8Array>) {
      yield first ? withoutMark(chunk) : chunk;
      first = false;
    }
  } catch (cause) {
    throw marketError(
      {
        code: "FILE_FORMAT",
        file: basename(path),
        expected: "a complete gzip file",
        hint: "The archive is damaged or cut: download it again.",
      },
      cause,
    );
  }
}

function withoutMark(chunk: Uint8Array): Uint8Array {
  return chunk[0] === 0xef && chunk[1] === 0xbb && chunk[2] === 0xbf ? chunk.subarray(3) : chunk;
}

async function hashFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path, {
    highWaterMark: chunkBytes,
  }) as AsyncIterable<Uint8Array>) {
    hash.update(chunk);
  }
  return hash.digest("hex");
}
