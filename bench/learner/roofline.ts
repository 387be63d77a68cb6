/** @file The bound of a training speed: the rate of matrix products in the same run, and what a step costs. */
import { type BoundCall, compile } from "../../src/graph/compile.ts";
import { matmul } from "../../src/graph/ops/matmul.ts";
import { spec } from "../../src/graph/spec.ts";
import type { TrainerState } from "../../src/marl/learner/trainer.ts";
import { median, timeOnce } from "../engine/measure.ts";
import type { BenchContext } from "../figures.ts";

const SIZE = 512;

/** One product of 512 x 512 matrices, one thread. */
export async function product(): Promise<BoundCall> {
  const square = spec("f32", [SIZE, SIZE]);
  const compiled = await compile(({ a, b }) => ({ y: matmul(a, b) }), { a: square, b: square });
  const values = Float32Array.from({ length: SIZE * SIZE }, (_, i) => 0.05 * Math.sin(1.37 * i));
  return compiled.bind({ a: values, b: values.slice() }, compiled.allocateOutputs());
}

/** GFLOP/s of the product now, median of five. */
export async function productRate(context: BenchContext, call: BoundCall): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < 5; i += 1) times.push(await timeOnce(context, async () => call.run()));
  return (2 * SIZE * SIZE * SIZE) / median(times) / 1e6;
}

/** Floating-point operations of one environment step: F (1 + 3 E), F two per multiply-add of actor and critic rows. */
export function flopsPerStep(state: TrainerState): number {
  return state.learners.reduce((total, { layout, networks }) => {
    const weights = (
      entries: readonly { readonly shape: readonly number[]; readonly size: number }[],
    ): number => entries.reduce((sum, { shape, size }) => sum + (shape.length === 2 ? size : 0), 0);
    const forward =
      2 *
      (layout.agents * weights(networks.actorLayout.entries) +
        layout.criticRows * weights(networks.criticLayout.entries));
    return total + forward * (1 + 3 * layout.settings.epochs);
  }, 0);
}
