/**
 * @file Models for others to load. A dimension written as -1 stays open in the file: the function is traced at two
 * lengths, and whatever differs between the two models must be that dimension. Reshapes get -1 there, and broadcasts
 * read the length from the input at run time.
 */
import { traceError } from "../issues.ts";
import { optimise } from "../passes/optimise.ts";
import { type TensorSpec, type Traced, isSpec, spec } from "../spec.ts";
import type { Tensor } from "../tensor.ts";
import { trace } from "../trace.ts";
import { type Tree, mapTree } from "../tree.ts";
import { int } from "./call.ts";
import { emit } from "./emit.ts";
import {
  type OnnxDimension,
  type OnnxInitializer,
  type OnnxModel,
  type OnnxNode,
  type OnnxValue,
  writeModel,
} from "./writer.ts";

/** What goes into the file beside the graph. */
export interface ExportOptions {
  /** Name of the dimension that specifications give as -1; defaults to `batch`. */
  readonly openDimension?: string;
  /** Key-value pairs, such as feature names and hashes. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** Two primes that no network has as a width, so that a coincidence cannot hide a dependence. */
const lengths = [7919, 8111] as const;

/**
 * The bytes of an ONNX file that computes `fn`.
 * @throws GrandModelError `BATCH_NOT_SYMBOLIC` when the graph depends on the open dimension in a way ONNX cannot follow.
 * @example
 * const file = exportModel(({ x }) => ({ y: tanh(x) }), { x: spec("f32", [-1, 4]) }, { metadata: { schema: "1" } });
 */
export function exportModel<S extends Tree<TensorSpec>>(
  fn: (inputs: Traced<S>) => Tree<Tensor>,
  specs: S,
  options: ExportOptions = {},
): Uint8Array<ArrayBuffer> {
  const { openDimension = "batch", metadata = {} } = options;
  const [first, second] = lengths.map((length) => modelAt(fn, specs, length, metadata)) as [
    OnnxModel,
    OnnxModel,
  ];
  return writeModel(new Merger(first, second, openDimension).merge());
}

function modelAt<S extends Tree<TensorSpec>>(
  fn: (inputs: Traced<S>) => Tree<Tensor>,
  specs: S,
  length: number,
  metadata: Readonly<Record<string, string>>,
): OnnxModel {
  const closed = mapTree<TensorSpec, TensorSpec>(specs, isSpec, ({ dtype, shape }) =>
    spec(
      dtype,
      shape.map((dimension) => (dimension === -1 ? length : dimension)),
    ),
  );
  return emit(optimise(trace(fn, closed as S).graph), metadata).model;
}

/** Makes one model of two that differ in the open dimension only. */
class Merger {
  private readonly first: OnnxModel;
  private readonly second: OnnxModel;
  private readonly openDimension: string;

  constructor(first: OnnxModel, second: OnnxModel, openDimension: string) {
    this.first = first;
    this.second = second;
    this.openDimension = openDimension;
  }

  merge(): OnnxModel {
    const { first, second } = this;
    if (JSON.stringify(first.nodes) !== JSON.stringify(second.nodes)) throw openError("operators");
    const measured: OnnxNode[] = [];
    const initializers = first.initializers.flatMap((one, i): OnnxInitializer[] => {
      const other = second.initializers[i];
      if (other === undefined || one.name !== other.name) throw openError("constants");
      if (
        one.values.length === other.values.length &&
        one.values.every((value, k) => value === other.values[k])
      )
        return [one];
      return this.mergeList(one, other, measured);
    });
    return {
      ...first,
      nodes: [...measured, ...first.nodes],
      initializers,
      inputs: this.mergeValues(first.inputs, second.inputs),
      outputs: this.mergeValues(first.outputs, second.outputs),
    };
  }

  private mergeList(one: OnnxInitializer, other: OnnxInitializer, measured: OnnxNode[]): OnnxInitializer[] {
    if (one.dtype !== "i64" || one.values.length !== other.values.length)
      throw openError(`constant ${one.name}`);
    const dimensions = this.mergeShape(Array.from(one.values, Number), Array.from(other.values, Number));
    const open = dimensions.filter((dimension) => typeof dimension === "string");
    const users = this.first.nodes.filter(({ inputs }) => inputs.includes(one.name));
    if (open.length === 1 && users.every(({ type }) => type === "Reshape")) {
      const inferred = dimensions.map((dimension) =>
        typeof dimension === "string" ? -1n : BigInt(dimension),
      );
      return [{ ...one, values: BigInt64Array.from(inferred) }];
    }
    if (open.some((dimension) => dimension !== this.openDimension))
      throw openError(users.map(({ name }) => name).join(", "));
    return this.measureList(one.name, dimensions, measured);
  }

  /** A list that is put together at run time: `[n, 5]` is Concat(Shape of the open axis, [5]). */
  private measureList(
    name: string,
    dimensions: readonly OnnxDimension[],
    measured: OnnxNode[],
  ): OnnxInitializer[] {
    const length = `${this.openDimension}_length`;
    if (!measured.some(({ outputs }) => outputs.includes(length))) measured.push(this.measure(length));
    const parts = dimensions.map((dimension, i): OnnxInitializer | undefined =>
      typeof dimension === "string"
        ? undefined
        : { name: `${name}_${i}`, dtype: "i64", shape: [1], values: BigInt64Array.of(BigInt(dimension)) },
    );
    measured.push({
      name: `concat:${name}`,
      type: "Concat",
      domain: "",
      inputs: parts.map((part) => part?.name ?? length),
      outputs: [name],
      attributes: { axis: int(0) },
    });
    return parts.filter((part) => part !== undefined);
  }

  /** The node that reads the open length off the first input that has it. */
  private measure(output: string): OnnxNode {
    for (const { name, shape } of this.mergeValues(this.first.inputs, this.second.inputs)) {
      const axis = shape.indexOf(this.openDimension);
      if (axis === -1) continue;
      const attributes = { start: int(axis), end: int(axis + 1) };
      return {
        name: `shape:${output}`,
        type: "Shape",
        domain: "",
        inputs: [name],
        outputs: [output],
        attributes,
      };
    }
    throw openError("a function whose inputs are all of fixed shape");
  }

  private mergeValues(ones: readonly OnnxValue[], others: readonly OnnxValue[]): OnnxValue[] {
    return ones.map((one, i) => ({ ...one, shape: this.mergeShape(one.shape, others[i]?.shape ?? []) }));
  }

  private mergeShape(one: readonly OnnxDimension[], other: readonly OnnxDimension[]): OnnxDimension[] {
    return one.map((length, axis) => {
      if (length === other[axis]) return length;
      const factor = Number(length) / lengths[0];
      if (!Number.isInteger(factor) || Number(other[axis]) !== factor * lengths[1])
        throw openError(`length ${length}`);
      return factor === 1 ? this.openDimension : `${this.openDimension}*${factor}`;
    });
  }
}

function openError(what: string): Error {
  return traceError({
    code: "BATCH_NOT_SYMBOLIC",
    value: what,
    expected: "a graph that is the same for every length of the open dimension",
    hint: "Do not slice, pad or write constants along it, or export with a fixed length.",
  });
}
