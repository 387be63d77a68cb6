/** @file Files as they come: compressed, archived, in other encodings, cut and damaged; one series or one typed refusal. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { deflateRawSync, gzipSync } from "node:zlib";
import { afterAll, describe, expect, test } from "vitest";
import { importBars } from "../../../src/market/import/import-file.adapter.ts";
import { temporaryFolder } from "../stream/csv-file.ts";

const folder = temporaryFolder();
afterAll(() => folder[Symbol.dispose]());

const csv = `time,open,high,low,close,volume\n${Array.from({ length: 30 }, (_, i) => `${1_733_184_000 + i * 300},100,101,99,100.${i},${i}`).join("\n")}\n`;
const closes = Array.from({ length: 30 }, (_, i) => Number(`100.${i}`));

const put = (name: string, bytes: string | Uint8Array): string => {
  const path = join(folder.path, name);
  writeFileSync(path, bytes);
  return path;
};

/** A zip archive without check sums, which the reader leaves to the hash of the whole file. */
function zip(entries: Readonly<Record<string, string>>, method: 0 | 8): Uint8Array {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, text] of Object.entries(entries)) {
    const data = method === 8 ? deflateRawSync(text) : Buffer.from(text);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(method, 8);
    local.writeUInt16LE(name.length, 26);
    const central = Buffer.alloc(46);
    central.writeUInt32LE(0x02014b50, 0);
    central.writeUInt16LE(method, 10);
    central.writeUInt32LE(data.length, 20);
    central.writeUInt32LE(Buffer.byteLength(text), 24);
    central.writeUInt16LE(name.length, 28);
    central.writeUInt32LE(offset, 42);
    parts.push(local, Buffer.from(name), data);
    directory.push(central, Buffer.from(name));
    offset += 30 + name.length + data.length;
  }
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(Object.keys(entries).length, 10);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, ...directory, end]);
}

describe("the same bars", () => {
  const rows = csv
    .trim()
    .split("\n")
    .slice(1)
    .map((line) => line.split(","));
  const objects = rows.map(([time, open, high, low, close, volume]) => ({
    time: Number(time),
    open,
    high,
    low,
    close: Number(close),
    volume,
  }));
  test.each([
    ["plain", put("a.csv", csv)],
    ["with a byte order mark", put("bom.csv", `\uFEFF${csv}`)],
    ["with CRLF", put("crlf.csv", csv.replaceAll("\n", "\r\n"))],
    ["with CR alone", put("cr.csv", csv.replaceAll("\n", "\r"))],
    ["without a last line end", put("open.csv", csv.trimEnd())],
    ["with semicolons", put("semi.csv", csv.replaceAll(",", ";"))],
    ["with tabs", put("tab.csv", csv.replaceAll(",", "\t"))],
    ["with comma and space", put("space.csv", csv.replaceAll(",", ", "))],
    ["in UTF-16, little endian", put("le.csv", Buffer.from(`\uFEFF${csv}`, "utf16le"))],
    ["in UTF-16, big endian", put("be.csv", Buffer.from(`\uFEFF${csv}`, "utf16le").swap16())],
    ["gzipped under any name", put("gz.csv", gzipSync(csv))],
    ["in a deflated zip", put("deflated.zip", zip({ "a.csv": csv }, 8))],
    ["in a stored zip", put("stored.zip", zip({ "a.csv": csv }, 0))],
    ["as JSON arrays", put("arrays.json", JSON.stringify(rows.map((row) => row.map(Number))))],
    ["as JSON objects under a key", put("objects.json", JSON.stringify({ symbol: "NQ", data: objects }))],
    [
      "newest first",
      put("newest.csv", [csv.split("\n")[0], ...csv.trim().split("\n").slice(1).toReversed()].join("\n")),
    ],
  ])("%s", async (kind, path) => {
    const { bars, account } = await importBars(path, kind === "newest first" ? { intervalMs: 300_000 } : {});
    expect([...bars.c]).toEqual(closes);
    expect(account.quarantine.rowsRejected).toBe(0);
    expect(account.reading.newestFirst).toBe(kind === "newest first");
    expect(bars.fileHash).toMatch(/^[0-9a-f]{64}$/);
  });

  test("of one entry of an archive with several", async () => {
    const path = put(
      "two.zip",
      zip(
        { "x_202503.csv": csv, "x_202506.csv": csv.replaceAll("100.", "200.").replaceAll(",101,", ",301,") },
        8,
      ),
    );
    expect((await importBars(path, { entry: "202506" })).bars.c[3]).toBe(200.3);
    await expect(importBars(path)).rejects.toThrow(/NOT_BARS .*x_202503\.csv, x_202506\.csv.*--entry/);
  });
});

describe("refused with a typed error", () => {
  test.each([
    ["a cut gzip", put("cut.gz", gzipSync(csv.repeat(50)).subarray(0, 150)), /^FILE_FORMAT .*damaged or cut/],
    ["a cut zip", put("cut.zip", zip({ "a.csv": csv }, 8).subarray(0, 200)), /^FILE_FORMAT .*damaged/],
    [
      "a zip that says too much",
      put(
        "bomb.zip",
        (() => {
          const bytes = zip({ "a.csv": csv }, 8);
          new DataView(bytes.buffer, bytes.byteOffset).setUint32(bytes.length - 22 - 46 - 5 + 24, 10, true);
          return bytes;
        })(),
      ),
      /^FILE_FORMAT /,
    ],
    ["a folder", folder.path, /^FILE_MISSING /],
    ["JSON that is no array", put("scalar.json", "5"), /^NOT_BARS .*array of/],
    ["JSON that is cut", put("cut.json", "[[1,2,3"), /^FILE_FORMAT .*JSON/],
    [
      "a picture",
      put("picture.csv", Uint8Array.from([137, 80, 78, 71, 13, 10, 26, 10, 0, 0, 0, 13])),
      /^FILE_FORMAT .*binary/,
    ],
    ["a Parquet file that is none", put("none.parquet", "PAR1 but not really"), /^FILE_FORMAT .*Parquet/],
    ["an empty file", put("empty.csv", ""), /^TOO_SHORT /],
  ])("%s", async (_, path, told) => {
    await expect(importBars(path)).rejects.toThrow(told);
  });
});
