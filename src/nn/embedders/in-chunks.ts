/**
 * @file A large batch through a network part by part. Windows of 48 rows make every activation of a whole minibatch larger
 * than the caches, and element-wise operators then wait for memory; the numbers are the same, only their order of addition in
 * the gradient of the weights differs.
 */
import { concat, split } from "../../graph/ops/joining.ts";
import type { Tensor } from "../../graph/tensor.ts";

/** `apply` on at most `size` samples at a time: `[B, F] -> [B, W]`. */
export function inChunks(rows: Tensor, size: number, apply: (rows: Tensor) => Tensor): Tensor {
  const [count = 0] = rows.shape;
  if (count <= size) return apply(rows);
  const sizes = Array.from({ length: Math.ceil(count / size) }, (_, i) => Math.min(size, count - i * size));
  return concat(
    split(rows, sizes, 0).map((part) => apply(part)),
    0,
  );
}
