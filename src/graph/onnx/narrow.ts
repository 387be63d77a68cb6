/**
 * @file Splits and joins with many parts as trees of narrow ones. A WebGPU shader binds one storage buffer for each part,
 * and an adapter need not offer more than 8 (WebGPU, limit `maxStorageBuffersPerShaderStage`); a slab of parameters has a
 * part for each weight and bias. The values are the same to the bit: numbers are only moved.
 */
import { internalError } from "../../runtime/errors.ts";
import type { OnnxInitializer, OnnxModel, OnnxNode } from "./writer.ts";

/** Parts that one shader may take beside the tensor that they make up. */
const mostParts = 7;

/** The model with no `Split` or `Concat` of more than 7 parts. */
export function narrowed(model: OnnxModel): OnnxModel {
  const sizes = new Map(model.initializers.map((initializer) => [initializer.name, initializer.values]));
  const initializers: OnnxInitializer[] = [...model.initializers];
  const nodes = model.nodes.flatMap((node): readonly OnnxNode[] => {
    if (node.type === "Concat") return narrowConcat(node);
    if (node.type !== "Split") return [node];
    const parts = sizes.get(node.inputs[1] ?? "");
    if (!(parts instanceof BigInt64Array)) throw internalError(`sizes of ${node.name} are not in the model`);
    return narrowSplit(node, [...parts], initializers);
  });
  return { ...model, nodes, initializers };
}

/** Splits into groups first, then each group. */
function narrowSplit(
  node: OnnxNode,
  sizes: readonly bigint[],
  initializers: OnnxInitializer[],
): readonly OnnxNode[] {
  if (sizes.length <= mostParts) return [node];
  const outer = groups(sizes.length).map(([from, to], i) => ({
    name: `${node.name}/group${i}`,
    outputs: node.outputs.slice(from, to),
    sizes: sizes.slice(from, to),
  }));
  const split = (
    name: string,
    input: string,
    outputs: readonly string[],
    parts: readonly bigint[],
  ): OnnxNode => {
    const list = `${name}/sizes`;
    initializers.push({ name: list, dtype: "i64", shape: [parts.length], values: BigInt64Array.from(parts) });
    return { ...node, name, inputs: [input, list], outputs };
  };
  const whole = outer.map((group) => group.sizes.reduce((sum, size) => sum + size, 0n));
  const names = outer.map(({ name }) => name);
  const first = split(node.name, node.inputs[0] ?? "", names, whole);
  const inner = outer.map((group) => split(`${group.name}/split`, group.name, group.outputs, group.sizes));
  return [first, ...inner.flatMap((one, i) => narrowSplit(one, outer[i]?.sizes ?? [], initializers))];
}

/** Joins groups first, then what they give. */
function narrowConcat(node: OnnxNode): readonly OnnxNode[] {
  if (node.inputs.length <= mostParts) return [node];
  const inner = groups(node.inputs.length).map(([from, to], i): OnnxNode => {
    const name = `${node.name}/group${i}`;
    return { ...node, name, inputs: node.inputs.slice(from, to), outputs: [name] };
  });
  return [...inner.flatMap(narrowConcat), { ...node, inputs: inner.map(({ name }) => name) }];
}

/** At most 7 ranges of about equal length that cover `count` parts. */
function groups(count: number): readonly (readonly [from: number, to: number])[] {
  const number = Math.min(mostParts, Math.ceil(count / mostParts));
  return Array.from({ length: number }, (_, i) => [
    Math.floor((i * count) / number),
    Math.floor(((i + 1) * count) / number),
  ]);
}
