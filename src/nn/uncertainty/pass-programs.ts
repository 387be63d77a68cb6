/**
 * @file The compiled parts of Monte-Carlo dropout: `encode` once per decision, then passes by the number. Where the module
 * has one layer between its two masks, that layer runs as `DroppedLayer` and only what follows it as a graph; otherwise masks
 * are inputs of a graph. Both draw the same masks and give the same probabilities to 1e-6.
 */
import { compile } from "../../graph/compile.ts";
import { mul } from "../../graph/ops/arithmetic.ts";
import { exp } from "../../graph/ops/elementwise.ts";
import { split } from "../../graph/ops/joining.ts";
import { linear } from "../../graph/ops/matmul.ts";
import { expandDims, reshape, transpose } from "../../graph/ops/shaping.ts";
import { spec, type TensorSpec } from "../../graph/spec.ts";
import type { Tensor } from "../../graph/tensor.ts";
import type { Generator } from "../../runtime/random/generator.ts";
import { frozenParameters } from "../layers/frozen.ts";
import { parameterLayout, type Parameters } from "../layers/layer.ts";
import type { DropoutModule, Hidden, LayerBetweenMasks } from "./dropout-module.ts";
import { DroppedLayer, fitsDroppedLayer } from "./dropped-layer.kernel.ts";
import { fillPassMasks, keptShare } from "./masks.kernel.ts";

export interface PassSizes {
  readonly rows: number;
  readonly features: number;
  readonly actions: number;
  readonly rate: number;
  /** Passes of one call at most. */
  readonly chunk: number;
  readonly threads: number;
}

/** Arrays are written by `encode` and `draw`, and overwritten by the next. */
export interface PassPrograms {
  /** The weights of a decision; empty where the programs hold them. */
  readonly slab: Float32Array;
  /** [A, F]. */
  readonly observation: Float32Array;
  readonly hidden: Readonly<Record<string, Float32Array>>;
  /** [chunk, A, n]; the first `count` passes of the last `draw`. */
  readonly probabilities: Float32Array;
  readonly encode: () => Promise<void>;
  readonly draw: (generator: Generator, count: number) => Promise<void>;
  readonly release: () => Promise<void>;
}

/** @param weights kept as constants, if given */
export async function openPasses<H extends Hidden>(
  module: DropoutModule<H>,
  sizes: PassSizes,
  weights?: Float32Array,
): Promise<PassPrograms> {
  const { between, maskWidths } = module;
  const [inputs, outputs] = maskWidths;
  const source = sourceOf(module, weights);
  if (between === undefined || inputs === undefined || outputs === undefined)
    return maskedPasses(source, sizes);
  const { chunk: passes, rate, rows } = sizes;
  const keep = keptShare(1 - rate);
  if (!fitsDroppedLayer({ rows, outputs, keep })) return maskedPasses(source, sizes);
  const layer = new DroppedLayer({ passes, rows, inputs, outputs, keep });
  return layeredPasses(source, sizes, between, layer);
}

/** A module and where its weights come from. */
interface Source<H extends Hidden> {
  readonly module: DropoutModule<H>;
  readonly slabSize: number;
  readonly unpack: (slab: Tensor) => Parameters;
}

function sourceOf<H extends Hidden>(module: DropoutModule<H>, weights: Float32Array | undefined): Source<H> {
  const layout = parameterLayout(module.parameters);
  if (weights === undefined) return { module, slabSize: layout.size, unpack: (slab) => layout.unpack(slab) };
  const constants = frozenParameters(module.parameters, weights);
  return { module, slabSize: 0, unpack: () => constants };
}

async function maskedPasses<H extends Hidden>(source: Source<H>, sizes: PassSizes): Promise<PassPrograms> {
  const { module, unpack } = source;
  const { actions, chunk, rate, rows, threads } = sizes;
  const { arrays, specs } = inputsOf(source, sizes);
  const shapes: Record<string, TensorSpec> = {};
  const encode = await compile(
    ({ observation, slab }) => noted(module.encode(unpack(slab), observation), shapes),
    specs,
    { threads },
  );
  const width = module.maskWidths.reduce((sum, each) => sum + each, 0);
  const decide = await compile(
    (inputs) => {
      const masks = split(inputs.masks, module.maskWidths, 1);
      const hidden = inputs.hidden as unknown as H;
      return { probabilities: exp(module.logProbs(unpack(inputs.slab), hidden, masks)) };
    },
    { slab: specs.slab, hidden: shapes, masks: spec("f32", [chunk, width]) },
    { threads },
  );
  const hidden = encode.allocateOutputs() as unknown as PassPrograms["hidden"];
  const masks = new Float32Array(chunk * width);
  const probabilities = new Float32Array(chunk * rows * actions);
  const encoding = encode.bind(arrays, hidden as never);
  const deciding = decide.bind({ slab: arrays.slab, hidden, masks }, { probabilities });
  return {
    ...arrays,
    hidden,
    probabilities,
    encode: async () => encoding.run(),
    async draw(generator, count) {
      fillPassMasks(generator, 1 - rate, masks.subarray(0, count * width));
      await deciding.run();
    },
    release: async () => releaseAll([encode, decide]),
  };
}

async function layeredPasses<H extends Hidden>(
  source: Source<H>,
  sizes: PassSizes,
  between: LayerBetweenMasks<H>,
  layer: DroppedLayer,
): Promise<PassPrograms> {
  const { module, unpack } = source;
  const { actions, chunk, rate, rows, threads } = sizes;
  const { arrays, specs } = inputsOf(source, sizes);
  const shapes: Record<string, TensorSpec> = {};
  const encode = await compile(
    ({ observation, slab }) => {
      const parameters = unpack(slab);
      const hidden = module.encode(parameters, observation);
      const raised = mul(between.input(hidden), 1 / keptShare(1 - rate));
      return { hidden: noted(hidden, shapes), layer: tablesOf(between.layer(parameters), raised) };
    },
    specs,
    { threads },
  );
  const [, outputs = 0] = module.maskWidths;
  const decide = await compile(
    (inputs) => {
      const hidden = inputs.hidden as unknown as H;
      return { probabilities: between.probabilities(unpack(inputs.slab), hidden, inputs.passes) };
    },
    { slab: specs.slab, hidden: shapes, passes: spec("f32", [chunk * rows, outputs]) },
    { threads },
  );
  const hidden = encode.allocateOutputs().hidden as unknown as PassPrograms["hidden"];
  const probabilities = new Float32Array(chunk * rows * actions);
  const encoding = encode.bind(arrays, { hidden: hidden as never, layer: layer.arrays });
  const given = { slab: arrays.slab, hidden: hidden as never, passes: layer.out };
  const deciding = decide.bind(given, { probabilities });
  return {
    ...arrays,
    hidden,
    probabilities,
    encode: async () => encoding.run(),
    async draw(generator, count) {
      layer.run(generator, count);
      await deciding.run();
    },
    release: async () => releaseAll([encode, decide]),
  };
}

/** What `DroppedLayer` computes with, from raised rows `[A, inputs]`. */
function tablesOf(
  { dense, norm }: ReturnType<LayerBetweenMasks["layer"]>,
  raised: Tensor,
): { readonly table: Tensor; readonly base: Tensor; readonly scale: Tensor; readonly shift: Tensor } {
  const [inputs = 1, outputs = 1] = dense.weight.shape;
  const [rows = 1] = raised.shape;
  const terms = mul(expandDims(transpose(raised), 2), expandDims(dense.weight, 1));
  return {
    table: reshape(terms, [inputs, rows * outputs]),
    base: reshape(linear(raised, dense.weight, dense.bias), [rows * outputs]),
    scale: norm.scale,
    shift: norm.bias,
  };
}

function inputsOf<H extends Hidden>({ slabSize }: Source<H>, { features, rows }: PassSizes) {
  return {
    specs: { slab: spec("f32", [slabSize]), observation: spec("f32", [rows, features]) },
    arrays: { slab: new Float32Array(slabSize), observation: new Float32Array(rows * features) },
  };
}

/** The same, its shapes noted for the program that takes it. */
function noted<H extends Hidden>(hidden: H, shapes: Record<string, TensorSpec>): H {
  for (const [name, { dtype, shape }] of Object.entries(hidden)) shapes[name] = spec(dtype, shape);
  return hidden;
}

async function releaseAll(programs: readonly { release(): Promise<void> }[]): Promise<void> {
  for (const program of programs) await program.release();
}
