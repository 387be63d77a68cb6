/** @file The server over plain files: frames in, frames out; what is not a frame is answered, or ends the stream by name. */
import { closeSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { serveEnvironment } from "../../../src/app/bridge/server.ts";
import { scratchFolder } from "../../scratch.ts";
import { createEchoEnv } from "./echo-env.ts";

interface Reply {
  readonly kind: string;
  readonly payload: Buffer;
}

function frame(kind: string, payload: Uint8Array = new Uint8Array(0)): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32LE(payload.length);
  head.write(kind, 4, "latin1");
  return Buffer.concat([head, payload]);
}

function exchange(requests: Uint8Array): Reply[] {
  const folder = scratchFolder();
  writeFileSync(join(folder, "in"), requests);
  const input = openSync(join(folder, "in"), "r");
  const output = openSync(join(folder, "out"), "w");
  try {
    serveEnvironment(createEchoEnv(), input, output);
  } finally {
    closeSync(input);
    closeSync(output);
  }
  const replies: Reply[] = [];
  const bytes = readFileSync(join(folder, "out"));
  for (let at = 0; at < bytes.length;) {
    const length = bytes.readUInt32LE(at);
    replies.push({
      kind: bytes.toString("latin1", at + 4, at + 5),
      payload: bytes.subarray(at + 5, at + 5 + length),
    });
    at += 5 + length;
  }
  return replies;
}

const reset = frame("R", Uint8Array.of(1, 0x37));

describe("the environment server", () => {
  test("says hello unasked and answers each request once, until the stream ends", () => {
    const kinds = exchange(Buffer.concat([reset, frame("T"), frame("V"), frame("P")])).map(
      ({ kind }) => kind,
    );
    expect(kinds).toStrictEqual(["h", "r", "t", "v", "p"]);
  });

  test("stops at C, whatever follows", () => {
    expect(exchange(Buffer.concat([reset, frame("C"), reset])).map(({ kind }) => kind)).toStrictEqual([
      "h",
      "r",
    ]);
  });

  test.each([
    ["an unknown kind", frame("X"), "one of R, S, T, V, P, Q, C"],
    ["a step that is too short", frame("S", Uint8Array.of(1, 1, 1, 1, 1, 0)), "the actions announced"],
    ["a step with bytes to spare", frame("S", Uint8Array.of(0, 0, 0, 0, 0, 0, 9)), "6 bytes"],
  ])("answers %s with BRIDGE_FRAME and goes on", (_, request, expected) => {
    const [, , fault, after] = exchange(Buffer.concat([reset, request, frame("T")]));
    expect(fault?.kind).toBe("e");
    expect(JSON.parse(String(fault?.payload))).toMatchObject({
      code: "BRIDGE_FRAME",
      issues: [{ expected }],
    });
    expect(after?.kind).toBe("t");
  });

  test.each([
    ["a length that no frame has", Buffer.from([0xff, 0xff, 0xff, 0xff, 0x53]), /BRIDGE_FRAME length/],
    ["an end inside a frame", frame("S", new Uint8Array(9)).subarray(0, 8), /BRIDGE_FRAME payload/],
  ])("refuses a stream with %s", (_, bytes, message) => {
    expect(() => exchange(bytes)).toThrow(message);
  });

  test("reads frames larger than its buffer", () => {
    const options = Buffer.from(JSON.stringify({ known: "x".repeat(200_000) }));
    const [, reply] = exchange(frame("R", Buffer.concat([Uint8Array.of(0), options])));
    expect(reply?.kind).toBe("r");
    expect(reply?.payload.length).toBeGreaterThan(200_000 * 5);
  });
});
