/**
 * @file Monte-Carlo dropout as one batched call: the encoder runs once, the part under dropout on T rows at once with T
 * independent masks (networks.md, section 6). Two compiled programs, all arrays preallocated.
 * Invariants: masks depend on the decision's key and the number of the pass only, so a decision is reproducible and the
 * chunk does not change results beyond rounding; weights are read from the caller's slab at every call.
 */
import { Generator } from "../../runtime/random/generator.ts";
import type { Key } from "../../runtime/random/key.ts";
import { refuseOption, requireCount } from "../issues.ts";
import type { DropoutModule, Hidden } from "./dropout-module.ts";
import { openPasses } from "./pass-programs.ts";
import { type Passes, uncertaintyOf, type UncertaintyMetrics } from "./passes.kernel.ts";

export interface McDropoutOptions<H extends Hidden> {
  readonly module: DropoutModule<H>;
  /** A: rows of one decision, such as the agents of a team. */
  readonly rows: number;
  /** F: width of a row. */
  readonly features: number;
  readonly actions: number;
  /** Dropout rate p; networks.md allows 0.1 to 0.15. */
  readonly rate?: number;
  /** Passes of one call (`mcChunk` of the device profile); more passes take more calls. Default 1000. */
  readonly chunk?: number;
  /** Threads of the programs; 1 unless given. */
  readonly threads?: number;
  /** Weights for good: the programs hold them as constants, which is faster, and ignore those of a call. */
  readonly weights?: Float32Array;
}

/** When enough passes are enough: checked after each chunk, for every row. */
export interface EarlyStop {
  /** Of the top action's probability; 0.01 in rollouts. */
  readonly standardError: number;
  /** 1.1 in rollouts. */
  readonly rhat: number;
}

export interface SamplingOptions {
  /** T; default 1000. */
  readonly numSamples?: number;
  /** Folded from the decision's id: `foldIn(key, decisionId)`. */
  readonly decision: Key;
  /** tau, for `aboveThreshold`; default 0.65. */
  readonly threshold?: number;
  readonly stop?: EarlyStop;
}

export interface McDropoutNetwork extends AsyncDisposable {
  /**
   * @param parameters the module's slab
   * @param features [A, F]
   * @returns one per row
   */
  performMcDropoutSampling(
    parameters: Float32Array,
    features: Float32Array,
    options: SamplingOptions,
  ): Promise<readonly UncertaintyMetrics[]>;
  /** The passes of the last decision; overwritten by the next. */
  readonly passes: Passes;
  /** What the encoder put out for the last decision, by name: `Hidden`; overwritten by the next. */
  readonly encoded: Readonly<Record<string, Float32Array>>;
  release(): Promise<void>;
}

const DEFAULT_PASSES = 1000;
const DEFAULT_THRESHOLD = 0.65;

/** @throws GrandModelError `LAYER_OPTION` when rate, chunk or a mask's width cannot work. */
export async function createMcDropout<H extends Hidden>(
  options: McDropoutOptions<H>,
): Promise<McDropoutNetwork> {
  const { rows, features, actions, rate = 0.1, chunk = DEFAULT_PASSES, threads = 1 } = options;
  const { module } = options;
  requireCount("mcDropout.chunk", chunk);
  requireRate(rate);
  requireEvenWidths(module.maskWidths);
  const sizes = { rows, features, actions, rate, chunk, threads };
  const programs = await openPasses(module, sizes, options.weights);
  const { observation, slab } = programs;
  let passes: Passes = { probabilities: new Float32Array(0), count: 0, rows, actions };

  const drawPasses = async (generator: Generator, from: number, count: number): Promise<void> => {
    await programs.draw(generator, count);
    const kept = programs.probabilities.subarray(0, count * rows * actions);
    passes.probabilities.set(kept, from * rows * actions);
  };
  const measure = (count: number, threshold: number): readonly UncertaintyMetrics[] => {
    passes = { ...passes, count };
    return Array.from({ length: rows }, (_, row) => uncertaintyOf(passes, row, threshold));
  };
  return {
    async performMcDropoutSampling(parameters, rowsOfDecision, { decision, stop, ...rest }) {
      const { numSamples = DEFAULT_PASSES, threshold = DEFAULT_THRESHOLD } = rest;
      requireCount("mcDropout.numSamples", numSamples);
      if (slab.length > 0) slab.set(parameters);
      observation.set(rowsOfDecision);
      const size = numSamples * rows * actions;
      if (passes.probabilities.length < size) passes = { ...passes, probabilities: new Float32Array(size) };
      const generator = Generator.fromKey(decision);
      await programs.encode();
      for (let done = 0; ;) {
        const count = Math.min(chunk, numSamples - done);
        await drawPasses(generator, done, count);
        done += count;
        if (done < numSamples && stop === undefined) continue;
        const metrics = measure(done, threshold);
        if (done === numSamples || (stop !== undefined && metrics.every((each) => settled(each, stop))))
          return metrics;
      }
    },
    get passes() {
      return passes;
    },
    encoded: programs.hidden,
    release: programs.release,
    [Symbol.asyncDispose]: programs.release,
  };
}

function settled({ rhat, standardError }: UncertaintyMetrics, stop: EarlyStop): boolean {
  return standardError < stop.standardError && rhat <= stop.rhat;
}

function requireRate(rate: number): void {
  if (rate >= 0 && rate < 1) return;
  refuseOption({
    path: "mcDropout.rate",
    value: rate,
    expected: "a share in [0, 1)",
    hint: "The specification allows 0.1 to 0.15; 0 switches dropout off.",
  });
}

/** Two mask elements share a random word, which must not straddle two passes. */
function requireEvenWidths(widths: readonly number[]): void {
  const odd = widths.find((width) => width % 2 !== 0);
  if (odd === undefined && widths.length > 0) return;
  refuseOption({
    path: "mcDropout.maskWidths",
    value: widths.join(", "),
    expected: "at least one mask, each of even width",
    hint: "Give layers under dropout an even width.",
  });
}
