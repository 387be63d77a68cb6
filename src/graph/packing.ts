/**
 * @file Small arrays travel together. Handing a tensor to ONNX Runtime costs 2 to 3 us whatever its size, so the small
 * float32 inputs of a call are copied side by side into one staging array, and the small outputs come back in another:
 * a copy of a few hundred elements costs a tenth of that.
 */
import type { Border, Placed, Port } from "./border.ts";
import { type NamedTensor, executionOrder } from "./graph.ts";
import { inputOperator } from "./ops/constant.ts";
import { concat, split } from "./ops/joining.ts";
import { reshape } from "./ops/shaping.ts";
import { sizeOf } from "./shape.ts";
import { type Tensor, apply, applyMany } from "./tensor.ts";

/** A border whose small ports may lie in staging arrays. */
export interface PackedBorder extends Border {
  /** Ports that are copied from the caller before a run, into consecutive places of the array at `stagedInputs`. */
  readonly copiedIn: readonly Port[];
  /** Ports that are copied to the caller after a run, from the array at `stagedOutputs`. */
  readonly copiedOut: readonly Port[];
}

/** Paths of the staging arrays; no path of a tree contains a space at its start. */
export const stagedInputs = " inputs";
export const stagedOutputs = " outputs";

/** More elements than this are cheaper to hand over than to copy twice. */
const largest = 2048;

/** The border with its small float32 ports packed, where there are at least two on a side. */
export function packBorder(border: Border): PackedBorder {
  const inputs = selectSmall(border.inputs, border.graph.inputs);
  const outputs = selectSmall(border.outputs, border.graph.outputs);
  const renewed = new Map<Tensor, Tensor>();
  const staged = inputs.small.length < 2 ? undefined : stageInputs(inputs.small, renewed);
  for (const node of executionOrder(border.graph.outputs.map(({ tensor }) => tensor))) {
    const operands = node.inputs.map((x) => renewed.get(x) ?? x);
    if (operands.every((x, i) => x === node.inputs[i])) continue;
    const made = applyMany(node.operator, operands, node.attributes, node.outputs, node.site);
    node.outputs.forEach((output, i) => renewed.set(output, made[i] as Tensor));
  }
  const finish = ({ port, tensor }: Placed): Placed => ({ port, tensor: renewed.get(tensor) ?? tensor });
  const ins = staged === undefined ? [...inputs.small, ...inputs.large] : [staged, ...inputs.large];
  const pack = outputs.small.length >= 2;
  const outs = pack
    ? [stageOutputs(outputs.small.map(finish)), ...outputs.large.map(finish)]
    : [...outputs.small, ...outputs.large].map(finish);
  return {
    graph: { inputs: ins.map(named("in")), outputs: outs.map(named("out")) },
    inputs: ins.map(({ port }) => port),
    outputs: outs.map(({ port }) => port),
    copiedIn: staged === undefined ? [] : inputs.small.map(({ port }) => port),
    copiedOut: pack ? outputs.small.map(({ port }) => port) : [],
  };
}

function named(prefix: string): (placed: Placed, i: number) => NamedTensor {
  return ({ tensor }, i) => ({ path: `${prefix}${i}`, tensor });
}

function selectSmall(
  ports: readonly Port[],
  tensors: readonly NamedTensor[],
): { readonly small: Placed[]; readonly large: Placed[] } {
  const placed = ports.map((port, i): Placed => ({ port, tensor: tensors[i]?.tensor as Tensor }));
  const isSmall = ({ port }: Placed): boolean => port.dtype === "f32" && sizeOf(port.shape) <= largest;
  return { small: placed.filter(isSmall), large: placed.filter((one) => !isSmall(one)) };
}

function stageInputs(small: readonly Placed[], renewed: Map<Tensor, Tensor>): Placed {
  const sizes = small.map(({ port }) => sizeOf(port.shape));
  const shape = [sizes.reduce((total, size) => total + size, 0)];
  const tensor = apply(inputOperator, [], { path: stagedInputs }, "f32", shape);
  split(tensor, sizes, 0).forEach((part, i) => {
    const { port, tensor: replaced } = small[i] as Placed;
    renewed.set(replaced, reshape(part, port.shape));
  });
  return { port: { path: stagedInputs, dtype: "f32", shape, offset: 0 }, tensor };
}

function stageOutputs(small: readonly Placed[]): Placed {
  const tensor = concat(
    small.map((one) => reshape(one.tensor, [-1])),
    0,
  );
  return { port: { path: stagedOutputs, dtype: "f32", shape: tensor.shape, offset: 0 }, tensor };
}
