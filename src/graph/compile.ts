/**
 * @file From a traced function to a callable one: trace, optimise, write ONNX, open a session. One compiled function
 * has one set of shapes; `specialise` keeps one per set.
 */
import { type TensorArray, allocate } from "./dtype.ts";
import { type CompileOptions, Program, type ProgramCall } from "./program.ts";
import { sizeOf } from "./shape.ts";
import type { InputArrays, OutputArrays, TensorSpec, Traced } from "./spec.ts";
import { type Tensor, isTensor } from "./tensor.ts";
import { trace } from "./trace.ts";
import { type Tree, mapTree } from "./tree.ts";

/**
 * Traces `fn` once and makes it callable.
 * @throws GrandModelError what tracing throws, `DEVICE_UNAVAILABLE`, `RUNTIME_FAILED`
 * @example
 * const double = await compile(({ x }) => ({ y: mul(x, 2) }), { x: spec("f32", [3]) });
 * const { y } = await double.call({ x: Float32Array.of(1, 2, 3) });
 */
export async function compile<S extends Tree<TensorSpec>, R extends Tree<Tensor>>(
  fn: (inputs: Traced<S>) => R,
  specs: S,
  options: CompileOptions = {},
): Promise<Compiled<S, R>> {
  const { graph, result } = trace(fn, specs);
  return new Compiled(await Program.open(graph, options), result);
}

/** A call over fixed arrays: `run()` reads the bound inputs and writes the bound outputs. */
export type BoundCall = ProgramCall;

/** A compiled function; release it, or declare it with `await using`. */
export class Compiled<S extends Tree<TensorSpec>, R extends Tree<Tensor>> implements AsyncDisposable {
  readonly kind = "compiled";
  private readonly program: Program;
  private readonly result: R;

  constructor(program: Program, result: R) {
    this.program = program;
    this.result = result;
  }

  /** Operators that a call runs, before ONNX Runtime fuses some; those of the fused loop are not counted. */
  get operatorCount(): number {
    return this.program.operatorCount;
  }

  /** New zeroed arrays for all outputs. */
  allocateOutputs(): OutputArrays<R> {
    return mapTree<Tensor, TensorArray>(this.result, isTensor, ({ dtype, shape }) =>
      allocate(dtype, sizeOf(shape)),
    ) as OutputArrays<R>;
  }

  /**
   * Calls the function: arrays in, new arrays out.
   * @throws GrandModelError `ARRAY_MISMATCH` when an array has another type or length than its specification.
   */
  async call(inputs: InputArrays<S>): Promise<OutputArrays<R>> {
    const outputs = this.allocateOutputs();
    await this.program.bind(inputs, outputs).run();
    return outputs;
  }

  /**
   * A call over these very arrays, for hot loops: nothing is allocated per run.
   * @throws GrandModelError `ARRAY_MISMATCH`, also when an output shares memory with another array; `RELEASED`
   */
  bind(inputs: InputArrays<S>, outputs: OutputArrays<R>): BoundCall {
    return this.program.bind(inputs, outputs);
  }

  /** Frees the session; later calls throw. */
  async release(): Promise<void> {
    await this.program.release();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.release();
  }
}
