/**
 * @file safetensors: round trips, an independent reader written from the format document, and damaged files.
 * Python's `safetensors` package reads the same bytes where it is installed.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeSafetensors, encodeSafetensors, type StoredTensor } from "../../src/nn/weights/safetensors.ts";
import { isGrandModelError } from "../../src/runtime/errors.ts";

const shape = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 3 });
const tensor: fc.Arbitrary<StoredTensor> = shape.chain((dimensions) => {
  const size = dimensions.reduce((product, n) => product * n, 1);
  const options = { minLength: size, maxLength: size };
  return fc
    .oneof(
      fc.float32Array(options),
      fc.float64Array(options),
      fc.int32Array(options),
      fc.bigInt64Array(options),
      fc.uint8Array(options),
    )
    .map((values) => ({ shape: dimensions, values }));
});
const name = fc.string({ unit: "grapheme", minLength: 1 }).filter((text) => text !== "__metadata__");
const content = fc.record({
  tensors: fc.array(fc.tuple(name, tensor), { maxLength: 6 }).map((entries) => new Map(entries)),
  metadata: fc
    .array(fc.tuple(name, fc.string({ unit: "grapheme" })), { maxLength: 4 })
    .map((e) => new Map(e)),
});

test("what was written is read back bit for bit", () => {
  fc.assert(
    fc.property(content, (original) => {
      const read = decodeSafetensors(encodeSafetensors(original));
      expect(read.metadata).toEqual(original.metadata);
      expect(read.tensors).toEqual(original.tensors);
    }),
  );
});

test("equal contents give equal bytes, in whichever order they were collected", () => {
  fc.assert(
    fc.property(content, ({ tensors, metadata }) => {
      const reversed = {
        tensors: new Map([...tensors].reverse()),
        metadata: new Map([...metadata].reverse()),
      };
      expect(encodeSafetensors(reversed)).toEqual(encodeSafetensors({ tensors, metadata }));
    }),
  );
});

test("every tensor is aligned to its element and the header ends on a multiple of eight", () => {
  fc.assert(
    fc.property(content, (original) => {
      const { header, dataStart } = readByTheDocument(encodeSafetensors(original));
      expect(dataStart % 8).toBe(0);
      const width: Record<string, number> = { F64: 8, I64: 8, F32: 4, I32: 4, U8: 1 };
      for (const [path, { dtype, data_offsets }] of Object.entries(header)) {
        if (path !== "__metadata__") expect(data_offsets[0] % width[dtype]!).toBe(0);
      }
    }),
  );
});

const example = {
  tensors: new Map<string, StoredTensor>([
    ["actor.weight", { shape: [2, 3], values: Float32Array.of(1, -2, 3.5, 0, 1e-8, -0) }],
    ["step", { shape: [], values: BigInt64Array.of(123_456_789_012n) }],
    ["mask", { shape: [3], values: Uint8Array.of(1, 0, 1) }],
  ]),
  metadata: new Map([
    ["features", '["close","volume"]'],
    ["schema", "1"],
  ]),
};

test("an independent reader finds the same numbers", () => {
  const bytes = encodeSafetensors(example);
  const { header, dataStart } = readByTheDocument(bytes);
  const view = new DataView(bytes.buffer, dataStart);
  expect(header["__metadata__"]).toEqual({ features: '["close","volume"]', schema: "1" });
  expect(header["actor.weight"]).toMatchObject({ dtype: "F32", shape: [2, 3] });
  const start = header["actor.weight"]!.data_offsets[0];
  expect([0, 1, 2].map((i) => view.getFloat32(start + 4 * i, true))).toEqual([1, -2, 3.5]);
  expect(view.getBigInt64(header["step"]!.data_offsets[0], true)).toBe(123_456_789_012n);
});

const python = spawnSync("python3", ["-c", "import safetensors.numpy"]).status === 0;

test.runIf(python)("Python's safetensors reads it (skipped where the package is not installed)", () => {
  const folder = mkdtempSync(join(tmpdir(), "grandmodel-safetensors-"));
  const file = join(folder, "example.safetensors");
  writeFileSync(file, encodeSafetensors(example));
  const script = `import safetensors.numpy as s; t = s.load_file(${JSON.stringify(file)}); print(t["actor.weight"].tolist(), int(t["step"]))`;
  const { stdout } = spawnSync("python3", ["-c", script], { encoding: "utf8" });
  rmSync(folder, { recursive: true });
  expect(stdout.trim()).toBe(`[[1.0, -2.0, 3.5], [0.0, ${Math.fround(1e-8)}, -0.0]] 123456789012`);
});

describe("damaged files are refused with a typed error", () => {
  const bytes = encodeSafetensors(example);
  const codeOf = (damaged: Uint8Array): string => {
    try {
      decodeSafetensors(damaged, "policy.safetensors");
      return "read";
    } catch (error) {
      return isGrandModelError(error) ? error.code : String(error);
    }
  };

  test("cut off anywhere", () => {
    for (let length = 0; length < bytes.length; length += 1) {
      expect(codeOf(bytes.subarray(0, length)), `cut to ${length} bytes`).toBe("WEIGHTS_CORRUPT");
    }
  });

  test("bytes after the end", () => {
    expect(codeOf(Uint8Array.of(...bytes, 0))).toBe("WEIGHTS_CORRUPT");
  });

  test("any bytes at all are read or refused, never something else", () => {
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(255), (position, value) => {
        const damaged = bytes.slice();
        damaged[position] = value;
        expect(["read", "WEIGHTS_CORRUPT"]).toContain(codeOf(damaged));
      }),
      { numRuns: 500 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (noise) => {
        expect(codeOf(noise)).toBe("WEIGHTS_CORRUPT");
      }),
    );
  });

  test.each([
    ["an unknown dtype", { w: { dtype: "F8", shape: [1], data_offsets: [0, 1] } }, 1],
    ["a negative extent", { w: { dtype: "U8", shape: [-1], data_offsets: [0, 1] } }, 1],
    ["a gap", { w: { dtype: "U8", shape: [1], data_offsets: [1, 2] } }, 2],
    [
      "an overlap",
      {
        v: { dtype: "U8", shape: [2], data_offsets: [0, 2] },
        w: { dtype: "U8", shape: [2], data_offsets: [1, 3] },
      },
      3,
    ],
    ["a shape that does not fit its bytes", { w: { dtype: "F32", shape: [2], data_offsets: [0, 4] } }, 4],
    ["offsets past the end", { w: { dtype: "F32", shape: [2], data_offsets: [0, 8] } }, 4],
    ["metadata that is not text", { __metadata__: { step: 1 } }, 0],
    ["an unknown field", { w: { dtype: "U8", shape: [1], data_offsets: [0, 1], quantised: true } }, 1],
    ["a list for a header", [], 0],
  ])("%s", (_fault, header, dataBytes) => {
    const json = new TextEncoder().encode(JSON.stringify(header));
    const damaged = new Uint8Array(8 + json.length + dataBytes);
    new DataView(damaged.buffer).setBigUint64(0, BigInt(json.length), true);
    damaged.set(json, 8);
    expect(codeOf(damaged)).toBe("WEIGHTS_CORRUPT");
  });

  test("the message names file, place and remedy", () => {
    expect(() => decodeSafetensors(bytes.subarray(0, 4), "policy.safetensors")).toThrowError(
      /WEIGHTS_CORRUPT policy\.safetensors, header length: expected 8 bytes, got 4\. .*the one before it/,
    );
  });

  test("a tensor whose shape is wrong is not written", () => {
    const tensors = new Map([["w", { shape: [3], values: new Float32Array(2) }]]);
    expect(() => encodeSafetensors({ tensors, metadata: new Map() })).toThrowError(
      /WEIGHTS_CORRUPT w: expected 3/,
    );
  });
});

interface HeaderEntry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

function readByTheDocument(bytes: Uint8Array): { header: Record<string, HeaderEntry>; dataStart: number } {
  const length = Number(Buffer.from(bytes).readBigUInt64LE(0));
  const header = JSON.parse(Buffer.from(bytes.subarray(8, 8 + length)).toString("utf8")) as Record<
    string,
    HeaderEntry
  >;
  return { header, dataStart: 8 + length };
}
