/**
 * @file Multi-layer perceptron: optional LayerNorm on the input, hidden blocks of Linear, optional LayerNorm,
 * activation and (where masks are given) dropout, and an optional linear head.
 */
import type { Tensor } from "../../graph/tensor.ts";
import { requireCount } from "../issues.ts";
import { type Activation, activations } from "./activation.ts";
import { dropout } from "./dropout.ts";
import { layerNorm } from "./layer-norm.ts";
import { type Layer, type Parameters, type Specs } from "./layer.ts";
import { linear } from "./linear.ts";

/** `inputNorm`, `hidden0`, `norm0`, `hidden1`, ..., `head`: those that the options ask for. */
export type MlpParameters = Parameters;

export interface MlpOptions {
  /** Input width and the widths of the hidden layers: `[624, 256, 256]`. */
  readonly sizes: readonly [number, ...number[]];
  /** Linear output after the last hidden layer; its gain is 0.01 for a policy and 1 for a value. */
  readonly head?: { readonly size: number; readonly gain: number };
  /** Defaults to tanh. */
  readonly activation?: Activation;
  /** LayerNorm on the input. */
  readonly normaliseInput?: boolean;
  /** LayerNorm between each hidden linear layer and its activation. */
  readonly normaliseHidden?: boolean;
}

export interface Mlp extends Layer {
  /** @param masks one per hidden layer, `[B, width]` or broadcasting to it; see `dropout.ts` */
  applyWithDropout(parameters: MlpParameters, input: Tensor, masks: readonly Tensor[]): Tensor;
}

/** One step of the network: a layer under its name, and what follows it. */
interface Stage {
  readonly name: string;
  readonly layer: Layer;
  /** Position of the hidden layer whose activation and dropout follow; absent where nothing does. */
  readonly activated?: number;
}

/** `[..., sizes[0]] -> [..., head.size]`, or the last hidden width without a head. */
export function mlp(options: MlpOptions): Mlp {
  const stages = stagesOf(options);
  const activate = activations[options.activation ?? "tanh"];
  const specs: Specs = Object.fromEntries(stages.map(({ name, layer }) => [name, layer.parameters]));
  const applyWithDropout: Mlp["applyWithDropout"] = (parameters, input, masks) =>
    stages.reduce((x, { name, layer, activated }) => {
      const y = layer.apply(parameters[name] as Parameters, x);
      if (activated === undefined) return y;
      const mask = masks[activated];
      return mask === undefined ? activate(y) : dropout(activate(y), mask);
    }, input);
  return {
    parameters: specs,
    apply: (parameters, input) => applyWithDropout(parameters, input, []),
    applyWithDropout,
  };
}

function stagesOf({ sizes, head, normaliseInput, normaliseHidden }: MlpOptions): Stage[] {
  const [inputs, ...hidden] = sizes;
  requireCount("mlp.sizes[0]", inputs);
  const stages: Stage[] = normaliseInput === true ? [{ name: "inputNorm", layer: layerNorm(inputs) }] : [];
  let width: number = inputs;
  for (const [i, size] of hidden.entries()) {
    const dense: Stage = { name: `hidden${i}`, layer: linear(width, size) };
    if (normaliseHidden === true)
      stages.push(dense, { name: `norm${i}`, layer: layerNorm(size), activated: i });
    else stages.push({ ...dense, activated: i });
    width = size;
  }
  if (head !== undefined) stages.push({ name: "head", layer: linear(width, head.size, { gain: head.gain }) });
  return stages;
}
