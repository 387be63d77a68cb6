/** @file Event files and JSON lines, read back by a reader of the test's own; spans that add up. */
import { describe, expect, it } from "vitest";
import { crc32c, maskedCrc32c } from "../../../src/marl/logging/crc32c.kernel.ts";
import { fanOut, type LogEvent } from "../../../src/marl/logging/event.ts";
import { jsonLinesSink } from "../../../src/marl/logging/json-lines.ts";
import { stopwatch } from "../../../src/marl/logging/spans.ts";
import { tensorBoardSink } from "../../../src/marl/logging/tensorboard.ts";
import { manualClock } from "../../../src/runtime/clock.ts";

const events: readonly LogEvent[] = [
  { kind: "ACT", step: 512, episodes: 3, meanReturn: 20.5, meanLength: 21 },
  {
    kind: "TRAIN",
    step: 512,
    update: 1,
    groups: { cart: { kl3: 0.001, ratio: 1 } },
    spans: { learn: 12 },
    stepsPerSecond: 40_000,
  },
  { kind: "EVAL", step: 300_000_000_000, policy: "greedy", episodeReturns: [1, 2] },
  { kind: "ABSOLUTE", step: 512, episodeReturns: [4] },
  { kind: "MISC", step: 512, name: "note", value: "text has no scalar" },
];

interface ReadEvent {
  readonly step: number;
  readonly wallSeconds: number;
  readonly version: string;
  readonly scalars: Record<string, number>;
}

/** TFRecord frames, both checksums verified. */
function frames(file: Uint8Array): Uint8Array[] {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const found: Uint8Array[] = [];
  for (let at = 0; at < file.length;) {
    const length = Number(view.getBigUint64(at, true));
    expect(view.getUint32(at + 8, true)).toBe(maskedCrc32c(file.subarray(at, at + 8)));
    const data = file.subarray(at + 12, at + 12 + length);
    expect(view.getUint32(at + 12 + length, true)).toBe(maskedCrc32c(data));
    found.push(data);
    at += 16 + length;
  }
  return found;
}

/** Protobuf fields of one message: number -> values (varint as number, 32/64 bit as float, bytes). */
function fields(data: Uint8Array): Map<number, (number | Uint8Array)[]> {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const all = new Map<number, (number | Uint8Array)[]>();
  let at = 0;
  const varint = (): number => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = data[at]!;
      at += 1;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return Number(value);
    }
  };
  while (at < data.length) {
    const tag = varint();
    let value: number | Uint8Array;
    if ((tag & 7) === 0) value = varint();
    else if ((tag & 7) === 1) value = view.getFloat64((at += 8) - 8, true);
    else if ((tag & 7) === 5) value = view.getFloat32((at += 4) - 4, true);
    else {
      const length = varint();
      value = data.subarray(at, (at += length));
    }
    all.set(tag >> 3, [...(all.get(tag >> 3) ?? []), value]);
  }
  return all;
}

function readEvent(data: Uint8Array): ReadEvent {
  const text = (bytes: number | Uint8Array | undefined): string =>
    new TextDecoder().decode(bytes as Uint8Array);
  const event = fields(data);
  const summary = event.get(5)?.[0];
  const values = summary === undefined ? [] : (fields(summary as Uint8Array).get(1) ?? []);
  const scalars = values.map((value) => {
    const parts = fields(value as Uint8Array);
    return [text(parts.get(1)?.[0]), parts.get(2)?.[0] as number];
  });
  return {
    wallSeconds: event.get(1)?.[0] as number,
    step: event.get(2)?.[0] as number,
    version: event.has(3) ? text(event.get(3)?.[0]) : "",
    scalars: Object.fromEntries(scalars),
  };
}

describe("CRC-32C", () => {
  it("has the known answer", () => {
    expect(crc32c(new TextEncoder().encode("123456789"))).toBe(0xe3069283);
    expect(crc32c(new Uint8Array(0))).toBe(0);
  });
});

describe("TensorBoard sink", () => {
  it("writes frames whose checksums and scalars read back", () => {
    const parts: Uint8Array[] = [];
    const clock = manualClock(1_700_000_000_500);
    const sink = tensorBoardSink((bytes) => parts.push(bytes), clock);
    events.forEach(sink);
    const file = Uint8Array.from(parts.flatMap((part) => [...part]));
    const [head, ...read] = frames(file).map(readEvent);
    expect(head?.version).toBe("brain.Event:2");
    expect(head?.wallSeconds).toBe(1_700_000_000.5);
    expect(read.map(({ step }) => step)).toEqual([512, 512, 300_000_000_000, 512]);
    expect(read[0]?.scalars).toEqual({ "act/mean_return": 20.5, "act/mean_length": 21 });
    expect(read[1]?.scalars["train/cart/kl3"]).toBeCloseTo(0.001, 9);
    expect(read[2]?.scalars).toEqual({ "eval/greedy/mean_return": 1.5 });
  });

  it("notices a flipped bit: the reader above is not blind", () => {
    const parts: Uint8Array[] = [];
    tensorBoardSink((bytes) => parts.push(bytes), manualClock())(events[0]!);
    const file = Uint8Array.from(parts.flatMap((part) => [...part]));
    file[file.length - 6]! ^= 1;
    expect(() => frames(file)).toThrow();
  });
});

describe("JSON lines sink", () => {
  it("writes one parsable line per event, and feeds beside other sinks", () => {
    const lines: string[] = [];
    const seen: LogEvent[] = [];
    const sink = fanOut([jsonLinesSink((line) => lines.push(line)), (event) => seen.push(event)]);
    events.forEach(sink);
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(events);
    expect(lines.every((line) => line.endsWith("\n"))).toBe(true);
    expect(seen).toEqual(events);
  });
});

describe("spans", () => {
  it("add up to the time that passed", () => {
    const clock = manualClock();
    const watch = stopwatch(clock);
    clock.advance(1);
    watch.enter("environment");
    clock.advance(5);
    watch.enter("learn");
    clock.advance(7);
    watch.enter("environment");
    clock.advance(2);
    expect(watch.take()).toEqual({ environment: 7, forward: 0, copy: 0, learn: 7, other: 1 });
    clock.advance(3);
    expect(watch.take().environment).toBe(3);
  });
});
