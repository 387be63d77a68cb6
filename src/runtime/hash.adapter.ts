/** @file Content hashes: sha256 over bytes and over canonical JSON (keys sorted, no white space). */
import { createHash } from "node:crypto";
import { canonicalJson, type Json } from "./json.ts";

/** Lower-case hex sha256 of the bytes, in the order given. */
export function sha256(...parts: readonly (Uint8Array | string)[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest("hex");
}

/** sha256 of the canonical JSON text: equal values give equal hashes whatever their key order. */
export function hashJson(value: Json): string {
  return sha256(canonicalJson(value));
}

/** The bytes under a typed array, without a copy, for hashing and writing. */
export function bytesOf(array: ArrayBufferView): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}
