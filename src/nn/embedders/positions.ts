/** @file Where a row stands in its window, added to its features. The table has as many rows as the window. */
import { constant } from "../../graph/ops/constant.ts";
import type { Tensor } from "../../graph/tensor.ts";

/**
 * Sinusoidal positions `[length, width]` (Vaswani et al. 2017, section 3.5): pairs of sine and cosine, wavelengths in a
 * geometric progression from 2 pi to 10000 2 pi.
 */
export function sinusoidalPositions(length: number, width: number, dtype: Tensor["dtype"]): Tensor {
  const values = Array.from({ length: length * width }, (_, i) => {
    const [row, column] = [Math.floor(i / width), i % width];
    const angle = row * Math.exp((-Math.log(10_000) * (column - (column % 2))) / width);
    return column % 2 === 0 ? Math.sin(angle) : Math.cos(angle);
  });
  return constant(values, { dtype, shape: [length, width] });
}
