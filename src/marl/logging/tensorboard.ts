/**
 * @file TensorBoard event files, written without TensorFlow: scalar summaries in TFRecord frames.
 *
 * Format: tensorflow/core/util/event.proto and summary.proto (Event.wall_time = 1, step = 2, file_version = 3,
 * summary = 5; Summary.value = 1; Value.tag = 1, simple_value = 2), each record framed as length u64, masked CRC-32C
 * of the length, data, masked CRC-32C of the data, little-endian. The first record is the version `brain.Event:2`.
 * Not attempted: histograms, images, graphs.
 */
import type { Clock } from "../../runtime/clock.ts";
import { maskedCrc32c } from "./crc32c.kernel.ts";
import { type LogSink, scalarsOf } from "./event.ts";

/** Where the bytes of the file go, in order. */
export type ByteSink = (bytes: Uint8Array) => void;

const utf8 = new TextEncoder();

/** A sink that appends each event's numbers to an event file. Name the file `events.out.tfevents.<seconds>.<host>`. */
export function tensorBoardSink(write: ByteSink, clock: Clock): LogSink {
  write(frame(event(clock.nowMs() / 1000, 0, field(3, utf8.encode("brain.Event:2")))));
  return (logged) => {
    const values = scalarsOf(logged).map(([tag, value]) =>
      field(1, joined(field(1, utf8.encode(tag)), float32(2, value))),
    );
    if (values.length > 0) {
      write(frame(event(clock.nowMs() / 1000, logged.step, field(5, joined(...values)))));
    }
  };
}

/** One TFRecord frame around the data. */
function frame(data: Uint8Array): Uint8Array {
  const out = new Uint8Array(data.length + 16);
  const view = new DataView(out.buffer);
  view.setBigUint64(0, BigInt(data.length), true);
  view.setUint32(8, maskedCrc32c(out.subarray(0, 8)), true);
  out.set(data, 12);
  view.setUint32(12 + data.length, maskedCrc32c(data), true);
  return out;
}

function event(wallSeconds: number, step: number, what: Uint8Array): Uint8Array {
  const wall = new Uint8Array(9);
  wall[0] = (1 << 3) | 1;
  new DataView(wall.buffer).setFloat64(1, wallSeconds, true);
  return joined(wall, Uint8Array.of(2 << 3, ...varint(step)), what);
}

/** A length-delimited protobuf field. */
function field(number: number, content: Uint8Array): Uint8Array {
  return joined(Uint8Array.of((number << 3) | 2, ...varint(content.length)), content);
}

function float32(number: number, value: number): Uint8Array {
  const out = new Uint8Array(5);
  out[0] = (number << 3) | 5;
  new DataView(out.buffer).setFloat32(1, value, true);
  return out;
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = BigInt(value);
  while (rest > 0x7fn) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  return [...bytes, Number(rest)];
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
