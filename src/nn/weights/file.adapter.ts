/** @file safetensors files on disk: written in one step, read whole. */
import { readFileSync } from "node:fs";
import { writeFileAtomic } from "../../runtime/files/atomic.adapter.ts";
import { type SafetensorsContent, decodeSafetensors, encodeSafetensors } from "./safetensors.ts";

/** Replaces `path`, or leaves it as it was. */
export function saveSafetensors(path: string, content: SafetensorsContent): void {
  writeFileAtomic(path, encodeSafetensors(content));
}

/**
 * @throws GrandModelError `WEIGHTS_CORRUPT` for a damaged file
 * @throws Error of the system when there is no such file
 */
export function loadSafetensors(path: string): SafetensorsContent {
  return decodeSafetensors(readFileSync(path), path);
}
