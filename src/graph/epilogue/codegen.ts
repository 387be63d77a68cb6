/**
 * @file The code of an epilogue: `before()` computes the norms and scalars, `loop0(start, bytes)`, `loop1`, ... run the
 * fused loops over one chunk. Every operation is the IEEE float32 operation that ONNX Runtime would do, in the same order, so the
 * loop gives the same bits; only the reductions add in another (fixed) order.
 */
import type { TensorArray } from "../dtype.ts";
import { internalError } from "../../runtime/errors.ts";
import { sizeOf } from "../shape.ts";
import type { Node, Tensor } from "../tensor.ts";
import { type Code, type WasmFunction, assemble, f32, float, i32, op, v128 } from "./assembler.ts";
import type { EpilogueLayout } from "./layout.ts";
import { type EpiloguePlan, type Loop, type LoopOperator, isConstant, isScalar, outputOf } from "./plan.ts";

/** The module's bytes. */
export function generate(plan: EpiloguePlan, layout: EpilogueLayout): Uint8Array<ArrayBuffer> {
  return assemble([
    beforeFunction(plan, layout),
    ...plan.loops.map((loop, i) => loopFunction(`loop${i}`, loop, plan, layout)),
  ]);
}

function constantOf({ node }: Tensor): number {
  const [value] = node.attributes["values"] as TensorArray;
  return Number(value);
}

function slotOf(layout: EpilogueLayout, tensor: Tensor): number {
  const slot = layout.scalar.get(tensor);
  if (slot === undefined) throw internalError(`scalar ${tensor.id} has no slot`);
  return slot;
}

/** Pushes a scalar. */
function pushScalar(layout: EpilogueLayout, tensor: Tensor): Code {
  return isConstant(tensor) ? op.f32(constantOf(tensor)) : [op.i32(0), op.load(slotOf(layout, tensor))];
}

function beforeFunction(plan: EpiloguePlan, layout: EpilogueLayout): WasmFunction {
  const scalars = plan.scalars.map((node): Code => [
    op.i32(0),
    node.inputs.map((x) => pushScalar(layout, x)),
    float.scalar[node.operator.name as LoopOperator],
    op.store(slotOf(layout, outputOf(node))),
  ]);
  // Locals: counter, end, sixteen partial sums in four vectors, one element vector, one float.
  return {
    name: "before",
    parameters: [],
    locals: [i32, i32, v128, v128, v128, v128, v128, f32],
    body: [plan.reductions.map((node) => reduction(node, layout)), scalars],
  };
}

/** Sixteen partial sums, added in a fixed order; the last few elements come after them one by one. */
function reduction(node: Node, layout: EpilogueLayout): Code {
  const source = layout.scratch.get(node.inputs[0] as Tensor);
  if (source === undefined) throw internalError("a reduction reads a vector of the session");
  const [counter, end, first, element] = [0, 1, 2, 6];
  const squared: Code = node.operator.name === "sum" ? [] : [op.get(element), float.vector.mul];
  const zero: Code = [op.f32(0), op.splat];
  const lanes = [0, 1, 2, 3];
  const accumulate = lanes.map((k): Code => [
    [op.get(counter), op.load4(source + 16 * k), op.set(element)],
    [op.get(first + k), op.get(element), squared, float.vector.add, op.set(first + k)],
  ]);
  const length = sizeOf((node.inputs[0] as Tensor).shape);
  const whole = Math.floor(length / 16) * 64;
  const tail = Array.from({ length: length % 16 }, (_, k): Code => {
    const one: Code = [op.i32(0), op.load(source + whole + 4 * k)];
    const value: Code = node.operator.name === "sum" ? one : [one, one, float.scalar.mul];
    return [op.get(7), value, float.scalar.add, op.set(7)];
  });
  const total: Code = lanes
    .slice(1)
    .reduce<Code>((sum, k) => [sum, op.get(first + k), float.vector.add], op.get(first));
  const across = lanes
    .slice(1)
    .reduce<Code>(
      (sum, k) => [sum, op.get(element), op.lane(k), float.scalar.add],
      [op.get(element), op.lane(0)],
    );
  return [
    lanes.map((k): Code => [zero, op.set(first + k)]),
    [op.i32(0), op.set(counter), op.i32(whole), op.set(end)],
    whole === 0 ? [] : op.repeat(counter, 64, end, accumulate),
    [total, op.set(element), across, op.set(7)],
    tail,
    [op.i32(0), op.get(7), op.store(slotOf(layout, outputOf(node)))],
  ];
}

/** `start` is the byte offset into the session's vectors, `bytes` a positive length. */
function loopFunction(
  name: string,
  { nodes }: Loop,
  plan: EpiloguePlan,
  layout: EpilogueLayout,
): WasmFunction {
  const [start, end, counter] = [0, 1, 2];
  const locals: number[] = [i32];
  const local = new Map<Tensor, number>();
  const newLocal = (tensor: Tensor): number => {
    locals.push(v128);
    local.set(tensor, 1 + locals.length);
    return 1 + locals.length;
  };
  const splats: Code[] = [];
  const loads: Code[] = [];
  for (const tensor of new Set(nodes.flatMap(({ inputs }) => inputs))) {
    const [chunk, scratch] = [layout.chunk.get(tensor), layout.scratch.get(tensor)];
    if (isScalar(tensor)) splats.push([pushScalar(layout, tensor), op.splat, op.set(newLocal(tensor))]);
    else if (scratch !== undefined) {
      loads.push([op.get(start), op.get(counter), op.i32Add, op.load4(scratch), op.set(newLocal(tensor))]);
    } else if (chunk !== undefined && !nodes.includes(tensor.node)) {
      loads.push([op.get(counter), op.load4(chunk), op.set(newLocal(tensor))]);
    }
  }
  const results = new Set(plan.outputs.map(({ tensor }) => tensor));
  const body = nodes.map((node): Code => {
    const output = outputOf(node);
    const inputs = node.inputs.map((x) => op.get(local.get(x) ?? 0));
    const compute: Code = [
      inputs,
      float.vector[node.operator.name as LoopOperator],
      op.set(newLocal(output)),
    ];
    if (!results.has(output)) return compute;
    return [
      compute,
      op.get(counter),
      op.get(local.get(output) ?? 0),
      op.store4(layout.chunk.get(output) ?? 0),
    ];
  });
  return {
    name,
    parameters: [i32, i32],
    locals,
    body: [splats, [op.i32(0), op.set(counter)], op.repeat(counter, 16, end, [loads, body])],
  };
}
