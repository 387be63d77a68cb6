/** @file Faults of the neural-network room: one code each, documented under `docs/errors/`. */
import { GrandModelError, type Issue } from "../runtime/errors.ts";

/** Every reason for which `src/nn` refuses something. */
export type NetworkIssueCode =
  /** A policy was asked to act where no action is legal. */
  | "ACTION_MASK_EMPTY"
  /** Sizes or options of a layer, initialiser or schedule that cannot work together. */
  | "LAYER_OPTION"
  /** An ONNX file without the card that says how to feed it. */
  | "MODEL_CARD_INVALID"
  /** A file that is not a complete, consistent safetensors file. */
  | "WEIGHTS_CORRUPT"
  /** Stored weights whose names, shapes or dtypes are not those of the network that loads them. */
  | "WEIGHTS_MISMATCH";

/** One fault of this room. */
export type NetworkIssue = Issue<NetworkIssueCode>;

/** @throws GrandModelError `LAYER_OPTION` unless `value` is a whole number >= 1. */
export function requireCount(path: string, value: number): void {
  if (Number.isInteger(value) && value >= 1) return;
  refuseOption({ path, value, expected: "a whole number >= 1", hint: `Correct ${path}.` });
}

/** @throws GrandModelError `LAYER_OPTION`, always. */
export function refuseOption(fault: Omit<NetworkIssue, "code">): never {
  throw new GrandModelError({ code: "LAYER_OPTION", ...fault } satisfies NetworkIssue, { class: "config" });
}
