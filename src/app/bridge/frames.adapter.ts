/**
 * @file Frames over two file descriptors: 4-byte little-endian length of the payload, 1-byte kind, payload. Reads block:
 * a server that only answers needs no event loop, and a blocked read wakes faster than a polled one.
 */
import { readSync, writeSync } from "node:fs";
import { GrandModelError } from "../../runtime/errors.ts";

const headerBytes = 5;
/** Far above any reply; a longer length means that the stream is not ours. */
const maxPayload = 64 * 2 ** 20;

/** One message. The payload is a view that the next `next()` overwrites. */
export interface Frame {
  readonly kind: string;
  readonly payload: Buffer;
}

/** Reads frames from a blocking file descriptor. */
export class FrameReader {
  private readonly input: number;
  private buffer = Buffer.allocUnsafe(64 * 1024);
  private start = 0;
  private end = 0;

  constructor(input: number) {
    this.input = input;
  }

  /** The next frame, or undefined at the end of the stream. @throws GrandModelError `BRIDGE_FRAME`. */
  next(): Frame | undefined {
    if (!this.fill(headerBytes)) return undefined;
    const length = this.buffer.readUInt32LE(this.start);
    const kind = String.fromCharCode(this.buffer[this.start + 4] ?? 0);
    if (length > maxPayload) throw frameError("length", length, `a length of at most ${maxPayload}`);
    if (!this.fill(headerBytes + length))
      throw frameError("payload", this.end - this.start, `${length} bytes`);
    const payload = this.buffer.subarray(this.start + headerBytes, this.start + headerBytes + length);
    this.start += headerBytes + length;
    return { kind, payload };
  }

  /** Has at least `needed` bytes from `start` on; false when the stream ends before the first of them. */
  private fill(needed: number): boolean {
    if (this.start === this.end) this.start = this.end = 0;
    if (this.start + needed > this.buffer.length) this.makeRoom(needed);
    while (this.end - this.start < needed) {
      const count = readSync(this.input, this.buffer, this.end, this.buffer.length - this.end, null);
      if (count === 0) return false;
      this.end += count;
    }
    return true;
  }

  private makeRoom(needed: number): void {
    const target = needed > this.buffer.length ? Buffer.allocUnsafe(needed * 2) : this.buffer;
    this.buffer.copy(target, 0, this.start, this.end);
    this.buffer = target;
    this.end -= this.start;
    this.start = 0;
  }
}

/** A reusable outgoing frame: write into `buffer` from `bodyAt` on, then `send(kind, bytes)`. */
export class FrameWriter {
  static readonly bodyAt: number = headerBytes;
  private readonly output: number;
  buffer: Buffer = Buffer.allocUnsafe(64 * 1024);

  constructor(output: number) {
    this.output = output;
  }

  /** Makes room for a payload of this size; earlier content is lost. */
  reserve(payload: number): void {
    if (headerBytes + payload > this.buffer.length)
      this.buffer = Buffer.allocUnsafe(2 * (headerBytes + payload));
  }

  /** Sends the first `payload` bytes of the body. */
  send(kind: string, payload: number): void {
    this.buffer.writeUInt32LE(payload, 0);
    this.buffer[4] = kind.charCodeAt(0);
    const total = headerBytes + payload;
    for (let at = 0; at < total;) at += writeSync(this.output, this.buffer, at, total - at);
  }

  sendBytes(kind: string, bytes: Uint8Array): void {
    this.reserve(bytes.length);
    this.buffer.set(bytes, headerBytes);
    this.send(kind, bytes.length);
  }
}

/** A stream that is not made of frames. */
export function frameError(path: string, value: string | number, expected: string): GrandModelError {
  return new GrandModelError(
    {
      code: "BRIDGE_FRAME",
      path,
      value,
      expected,
      hint: "Speak to `grandmodel env serve` with the client in python/grandmodel_env (python/README.md has the protocol).",
    },
    { class: "data" },
  );
}
