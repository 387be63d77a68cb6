/**
 * @file The border between a graph and the caller's arrays, without copies. Contiguous windows of an input (a Split, a
 * Slice of the outer axis, a Reshape) become inputs of their own that look into the same array, and an output that is a
 * Concat becomes one output per part, each written where it belongs. Flat parameter slabs therefore cost no pass over
 * memory, and the minibatches of one call are windows of one slab.
 *
 * Handing a tensor to ONNX Runtime costs 2 us for an input and 3 us for an output (measured), as much as copying some
 * thousand elements: only windows of at least `smallestWindow` elements are cut, and neighbours below it stay together.
 */
import type { Dtype } from "./dtype.ts";
import { type Graph, type NamedTensor, executionOrder } from "./graph.ts";
import { inputOperator } from "./ops/constant.ts";
import { concat, concatOperator, split, splitOperator } from "./ops/joining.ts";
import { reshapeOperator } from "./ops/shaping.ts";
import { sliceOperator } from "./ops/window.ts";
import { type Shape, sizeOf } from "./shape.ts";
import { type Node, type Tensor, apply, applyMany, inputOf, madeBy } from "./tensor.ts";

/** A window of the caller's array at `path`. */
export interface Port {
  readonly path: string;
  readonly dtype: Dtype;
  readonly shape: Shape;
  /** First element of the window. */
  readonly offset: number;
}

/** A tensor and the window that it is read from or written to. */
export interface Placed {
  readonly port: Port;
  readonly tensor: Tensor;
}

/** The window that is a whole array. */
export function wholePort(path: string, { dtype, shape }: Tensor): Port {
  return { path, dtype, shape, offset: 0 };
}

/** The window of an input that `tensor` is, through any chain of splits, slices and reshapes; nothing if it is none. */
export function portOf(tensor: Tensor, inputs: readonly NamedTensor[]): Port | undefined {
  const input = inputs.find((one) => one.tensor === tensor);
  if (input !== undefined) return wholePort(input.path, tensor);
  const [source] = tensor.node.inputs;
  const place = source === undefined ? undefined : offsetIn(tensor);
  const port = place === undefined || source === undefined ? undefined : portOf(source, inputs);
  return port && place !== undefined
    ? { ...port, shape: tensor.shape, offset: port.offset + place }
    : undefined;
}

/** Where a contiguous part of its operand begins; nothing when it is not one. */
function offsetIn(tensor: Tensor): number | undefined {
  if (madeBy(tensor, reshapeOperator)) return 0;
  if (madeBy(tensor, sliceOperator)) {
    const { axis, start, step } = tensor.node.attributes;
    return axis === 0 && step === 1 ? start * rowSize(tensor) : undefined;
  }
  if (!madeBy(tensor, splitOperator) || tensor.node.attributes.axis !== 0) return undefined;
  const before = tensor.node.attributes.sizes.slice(0, tensor.output);
  return before.reduce((total, size) => total + size, 0) * rowSize(tensor);
}

/** A graph whose inputs and outputs are windows; `inputs[i]` is the window of `graph.inputs[i]`. */
export interface Border {
  readonly graph: Graph;
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
}

const smallestWindow = 8192;

/** The ports of a graph as it is: every array whole. */
export function wholeBorder(graph: Graph): Border {
  const whole = ({ path, tensor: { dtype, shape } }: NamedTensor): Port => ({
    path,
    dtype,
    shape,
    offset: 0,
  });
  return { graph, inputs: graph.inputs.map(whole), outputs: graph.outputs.map(whole) };
}

/** The computation of `outputs` from `inputs`, over windows. */
export function cutBorder(inputs: readonly NamedTensor[], outputs: readonly Placed[]): Border {
  const windows = new Windows(inputs);
  const renewed = new Map<Tensor, Tensor>();
  const resolve = (tensor: Tensor): Tensor => windows.standIn(tensor) ?? renewed.get(tensor) ?? tensor;
  for (const node of executionOrder(outputs.map(({ tensor }) => tensor))) {
    if (windows.addNode(node, renewed)) continue;
    const operands = node.inputs.map(resolve);
    if (operands.every((operand, i) => operand === node.inputs[i])) continue;
    const made = applyMany(node.operator, operands, node.attributes, node.outputs, node.site);
    node.outputs.forEach((output, i) => renewed.set(output, made[i] as Tensor));
  }
  const parts = outputs.flatMap(({ port, tensor }) => partsOf(port, resolve(tensor)));
  return {
    inputs: windows.used.map(({ port }) => port),
    outputs: parts.map(({ port }) => port),
    graph: {
      inputs: windows.used.map(({ tensor }, i) => ({ path: `in${i}`, tensor })),
      outputs: parts.map(({ tensor }, i) => ({ path: `out${i}`, tensor })),
    },
  };
}

/** The tensors that lie one after the other in an output; neighbours of few elements stay one tensor. */
function partsOf(port: Port, tensor: Tensor): Placed[] {
  const whole = [{ port: { ...port, shape: tensor.shape }, tensor }];
  // A reshape moves nothing: its operand has the same elements in the same order.
  if (madeBy(tensor, reshapeOperator)) return partsOf(port, inputOf(tensor.node, 0));
  if (!madeBy(tensor, concatOperator) || tensor.node.attributes.axis !== 0) return whole;
  const groups = groupSmall(tensor.node.inputs);
  if (groups.length === 1) return whole;
  let { offset } = port;
  return groups.flatMap((group) => {
    const start = offset;
    offset += group.reduce((total, part) => total + sizeOf(part.shape), 0);
    return partsOf({ ...port, offset: start }, concat(group, 0));
  });
}

/** Neighbours below the smallest window together, the others alone. */
function groupSmall(parts: readonly Tensor[]): Tensor[][] {
  const groups: Tensor[][] = [];
  let open = false;
  for (const part of parts) {
    const small = sizeOf(part.shape) < smallestWindow;
    if (small && open) groups.at(-1)?.push(part);
    else groups.push([part]);
    open = small;
  }
  return groups;
}

/** Which tensors are windows of inputs, and the inputs that stand in for them. */
class Windows {
  readonly used: Placed[] = [];
  private readonly ports = new Map<Tensor, Port>();
  private readonly standIns = new Map<string, Tensor>();

  constructor(inputs: readonly NamedTensor[]) {
    for (const { path, tensor } of inputs) {
      this.ports.set(tensor, { path, dtype: tensor.dtype, shape: tensor.shape, offset: 0 });
    }
  }

  /** The input that is the same window as `tensor`, if it is one. */
  standIn(tensor: Tensor): Tensor | undefined {
    const port = this.ports.get(tensor);
    if (port === undefined) return undefined;
    return this.inputFor(port, tensor.node.operator === (inputOperator as unknown) ? tensor : undefined);
  }

  /** The input over a window; made on first use. */
  private inputFor(port: Port, whole?: Tensor): Tensor {
    const key = `${port.path} ${port.offset} ${port.shape.join()}`;
    const known = this.standIns.get(key);
    if (known !== undefined) return known;
    const made = whole ?? apply(inputOperator, [], { path: port.path }, port.dtype, port.shape);
    this.standIns.set(key, made);
    this.used.push({ port, tensor: made });
    return made;
  }

  /** True when the node vanishes: all it computes are windows. */
  addNode(node: Node, renewed: Map<Tensor, Tensor>): boolean {
    const [source] = node.inputs;
    const [output] = node.outputs;
    const port = source && this.ports.get(source);
    if (port === undefined || output === undefined) return node.operator === (inputOperator as unknown);
    if (node.outputs.length === 1) {
      const offset = offsetIn(output);
      return offset !== undefined && this.addWindow(output, port, port.offset + offset);
    }
    if (madeBy(output, splitOperator) && output.node.attributes.axis === 0) {
      return this.addSplit(node.outputs, port, renewed);
    }
    return false;
  }

  private addWindow(tensor: Tensor, source: Port, offset: number): boolean {
    if (sizeOf(tensor.shape) < smallestWindow) return false;
    this.ports.set(tensor, { ...source, shape: tensor.shape, offset });
    return true;
  }

  private addSplit(parts: readonly Tensor[], source: Port, renewed: Map<Tensor, Tensor>): boolean {
    const groups = groupSmall(parts);
    if (groups.length === 1) return false;
    let { offset } = source;
    for (const group of groups) {
      const [first] = group as [Tensor, ...Tensor[]];
      const sizes = group.map(({ shape }) => shape[0] ?? 1);
      const length = sizes.reduce((total, size) => total + size, 0);
      const port: Port = { ...source, shape: first.shape.with(0, length), offset };
      offset += length * rowSize(first);
      if (group.length === 1) {
        this.ports.set(first, port);
        continue;
      }
      split(this.inputFor(port), sizes, 0).forEach((part, i) => renewed.set(group[i] as Tensor, part));
    }
    return true;
  }
}

function rowSize({ shape }: Tensor): number {
  return sizeOf(shape.slice(1));
}
