/**
 * @file Action masks as plain arrays: [rows, actions], row-major, 1 = legal, 0 = illegal; the heads of a
 * multi-discrete space stand side by side in a row. A head without a legal action has no distribution; it is refused
 * here, outside the graph, before a policy sees it.
 */
import { GrandModelError } from "../../runtime/errors.ts";
import type { NetworkIssue } from "../issues.ts";

/** Any numeric array of zeros and ones. */
export type ActionMask = Int8Array | Uint8Array | Float32Array;

/**
 * @param sizes number of actions of each head; `[n]` for discrete actions
 * @throws GrandModelError `ACTION_MASK_EMPTY` naming the first row in which every action of a head is illegal.
 */
export function requireLegalActions(mask: ActionMask, sizes: readonly number[]): void {
  let start = 0;
  for (let row = 0; start < mask.length; row += 1) {
    for (const [head, size] of sizes.entries()) {
      const legality = mask.subarray(start, start + size);
      if (!legality.some((legal) => legal !== 0))
        refuse(legality, row, sizes.length === 1 ? undefined : head);
      start += size;
    }
  }
}

function refuse(legality: ActionMask, row: number, head: number | undefined): never {
  throw new GrandModelError({
    code: "ACTION_MASK_EMPTY",
    path: head === undefined ? `mask[${row}]` : `mask[${row}], head ${head}`,
    value: Array.from(legality).join(", "),
    expected: "at least one legal action (1)",
    hint: "Keep a no-op legal, or leave rows of ended agents out of the batch.",
  } satisfies NetworkIssue);
}
