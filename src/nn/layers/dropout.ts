/**
 * @file Dropout whose masks are data (Srivastava et al., "Dropout", 2014, inverted form): drawn from a key outside the
 * graph and fed as inputs, so that every runtime sees the same bits. A mask holds 1 / keep where a unit is kept and 0
 * where it is dropped; a mask of ones therefore switches dropout off.
 */
import { mul } from "../../graph/ops/arithmetic.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { type Key, fillUniform } from "../../runtime/random/key.ts";
import { refuseOption } from "../issues.ts";

/** @param mask as `x`, or broadcasting to it */
export function dropout(x: Tensor, mask: Tensor): Tensor {
  return mul(x, mask);
}

/**
 * Fills `mask` with 1 / keep (with probability `keep`) and 0.
 * @throws GrandModelError `LAYER_OPTION` unless 0 < keep <= 1
 */
export function fillDropoutMask(key: Key, keep: number, mask: Float32Array): void {
  if (!(keep > 0 && keep <= 1)) {
    refuseOption({
      path: "dropout.keep",
      value: keep,
      expected: "a probability in (0, 1]",
      hint: "keep = 1 - the dropout rate.",
    });
  }
  fillUniform(key, mask);
  const scale = 1 / keep;
  for (let i = 0; i < mask.length; i += 1) mask[i] = (mask[i] ?? 0) < keep ? scale : 0;
}
