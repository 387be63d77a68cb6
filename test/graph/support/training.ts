/**
 * @file A small training step with everything that an update has: two networks of two hidden layers (CartPole's own at 4
 * features, 64 hidden units and 2 actions), a PPO-like loss, clipping, Adam.
 */
import { valueAndGrad } from "../../../src/graph/autodiff.ts";
import { type Compiled, compile } from "../../../src/graph/compile.ts";
import { add, div, mul, square, sub } from "../../../src/graph/ops/arithmetic.ts";
import { sum } from "../../../src/graph/ops/broadcast.ts";
import { exp, sqrt, tanh } from "../../../src/graph/ops/elementwise.ts";
import { gatherElements } from "../../../src/graph/ops/indexing.ts";
import { linear } from "../../../src/graph/ops/matmul.ts";
import { mean } from "../../../src/graph/ops/reduction.ts";
import { clip, minimum } from "../../../src/graph/ops/selection.ts";
import { reshape } from "../../../src/graph/ops/shaping.ts";
import { logSoftmax } from "../../../src/graph/ops/softmax.ts";
import type { CompileOptions } from "../../../src/graph/program.ts";
import { ParameterLayout } from "../../../src/graph/slab.ts";
import { type TensorSpec, spec } from "../../../src/graph/spec.ts";
import type { Tensor } from "../../../src/graph/tensor.ts";

/** Widths of the network. */
export interface TrainingSize {
  readonly batch: number;
  readonly features: number;
  readonly hidden: number;
  readonly actions: number;
}

type Names = "parameters" | "first" | "second" | "x" | "advantage" | "target";
type Specs = Readonly<Record<Names, TensorSpec<"f32">>> & { readonly action: TensorSpec<"i32"> };
type Results = Readonly<Record<"parameters" | "first" | "second" | "loss", Tensor>>;

/** A compiled step and its arrays, updated back and forth between two sets. */
export interface Training {
  readonly compiled: Compiled<Specs, Results>;
  readonly size: number;
  /** Runs `count` updates and gives the parameters after them, as bytes in hexadecimal. */
  run(count: number): Promise<string>;
  /** The parameters in force. */
  parameters(): Float32Array;
}

/** Shapes of a network of two hidden layers. */
function twoHiddenLayers(features: number, hidden: number, out: number) {
  return {
    first: { weight: [features, hidden], bias: [hidden] },
    second: { weight: [hidden, hidden], bias: [hidden] },
    last: { weight: [hidden, out], bias: [out] },
  };
}

type Layer = Readonly<Record<"weight" | "bias", Tensor>>;

function forward(
  { first, second, last }: Readonly<Record<"first" | "second" | "last", Layer>>,
  x: Tensor,
): Tensor {
  const inner = tanh(linear(x, first.weight, first.bias));
  return linear(tanh(linear(inner, second.weight, second.bias)), last.weight, last.bias);
}

export async function training(size: TrainingSize, options: CompileOptions = {}): Promise<Training> {
  const { actions, batch, features, hidden } = size;
  const layout = new ParameterLayout({
    actor: twoHiddenLayers(features, hidden, actions),
    critic: twoHiddenLayers(features, hidden, 1),
  });
  const slab = spec("f32", [layout.size]);
  const column = spec("f32", [batch]);
  const specs: Specs = {
    parameters: slab,
    first: slab,
    second: slab,
    x: spec("f32", [batch, features]),
    advantage: column,
    target: column,
    action: spec("i32", [batch]),
  };
  const compiled = await compile<Specs, Results>(
    (inputs) => {
      const { value: loss, gradient } = valueAndGrad((flat: Tensor) => {
        const { actor, critic } = layout.unpack(flat);
        const logProbs = logSoftmax(forward(actor, inputs.x));
        const logProb = reshape(gatherElements(logProbs, reshape(inputs.action, [batch, 1]), 1), [batch]);
        const ratio = exp(add(logProb, Math.log(actions)));
        const gain = minimum(mul(ratio, inputs.advantage), mul(clip(ratio, 0.8, 1.2), inputs.advantage));
        const error = sub(reshape(forward(critic, inputs.x), [batch]), inputs.target);
        return sub(mean(square(error)), mean(gain));
      })(inputs.parameters);
      const scale = minimum(div(0.5, add(sqrt(sum(square(gradient))), 1e-6)), 1);
      const first = add(mul(inputs.first, 0.9), mul(gradient, scale));
      const second = add(mul(inputs.second, 0.999), square(mul(gradient, scale)));
      const step = mul(div(first, add(sqrt(second), 1e-3)), 1e-3);
      return { parameters: sub(inputs.parameters, step), first, second, loss };
    },
    specs,
    options,
  );
  const wave = (length: number, frequency: number): Float32Array =>
    Float32Array.from({ length }, (_, i) => 0.3 * Math.sin(frequency * (i + 1)));
  const states = [wave(layout.size, 1.7), new Float32Array(layout.size)].map((parameters) => ({
    parameters,
    first: new Float32Array(layout.size),
    second: new Float32Array(layout.size),
  }));
  const [a, b] = states as [(typeof states)[0], (typeof states)[0]];
  const data = {
    x: wave(batch * features, 0.37),
    advantage: wave(batch, 2.1),
    target: wave(batch, 0.9),
    action: Int32Array.from({ length: batch }, (_, i) => i % actions),
  };
  const loss = new Float32Array(1);
  const calls = [
    compiled.bind({ ...a, ...data }, { ...b, loss }),
    compiled.bind({ ...b, ...data }, { ...a, loss }),
  ] as const;
  let done = 0;
  const current = (): Float32Array => (done % 2 === 0 ? a : b).parameters;
  return {
    compiled,
    size: layout.size,
    parameters: current,
    async run(count) {
      for (let i = 0; i < count; i += 1) {
        await calls[done % 2 === 0 ? 0 : 1].run();
        done += 1;
      }
      return Buffer.from(current().buffer).toString("hex");
    },
  };
}
