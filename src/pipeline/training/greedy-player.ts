/**
 * @file The greedy policy of a stage as a player of sweeps: one compiled forward pass over all rows, the likeliest legal
 * action of each agent. Dropout is off; impossible actions have logarithm minus infinity inside the network.
 */
import { compile } from "../../graph/compile.ts";
import { spec } from "../../graph/spec.ts";
import { parameterLayout } from "../../nn/layers/layer.ts";
import type { TrainableStage } from "./stage.ts";
import type { SweepPlayer } from "./sweep.ts";

/** A compiled player whose weights may be changed between sweeps. */
export interface GreedyPlayer extends AsyncDisposable {
  readonly play: SweepPlayer;
  /** Numbers in the actor's slab. */
  readonly size: number;
  /** Copies the weights of an actor; a slab that is longer is read from its start. */
  readonly load: (slab: Float32Array) => void;
}

const ACTIONS = 5;

/** @param rows stretches x agents of the sweeps that it will play */
export async function greedyPlayer(stage: TrainableStage, rows: number): Promise<GreedyPlayer> {
  const layout = parameterLayout(stage.actor.parameters);
  const program = await compile(
    ({ flat, x }) => ({ logProbs: stage.actor.logProbs(layout.unpack(flat), x) }),
    { flat: spec("f32", [layout.size]), x: spec("f32", [rows, stage.features]) },
  );
  const inputs = { flat: new Float32Array(layout.size), x: new Float32Array(rows * stage.features) };
  const outputs = { logProbs: new Float32Array(rows * ACTIONS) };
  const call = program.bind(inputs, outputs);
  return {
    size: layout.size,
    load: (slab) => inputs.flat.set(slab.subarray(0, layout.size)),
    play: async (observations, choices) => {
      inputs.x.set(observations);
      await call.run();
      for (let row = 0; row < rows; row += 1) choices[row] = likeliest(outputs.logProbs, row * ACTIONS);
    },
    [Symbol.asyncDispose]: async () => program.release(),
  };
}

function likeliest(logProbs: Float32Array, from: number): number {
  let best = 0;
  for (let a = 1; a < ACTIONS; a += 1) {
    if ((logProbs[from + a] ?? -Infinity) > (logProbs[from + best] ?? -Infinity)) best = a;
  }
  return best;
}
