/**
 * @file `npm run bench -- learner`: training steps per second of whole updates (rollout, advantages, epochs, metrics),
 * environments alone, policy calls alone. One thread. Each training speed stands beside the bound that the rate of
 * matrix products in the same run gives: products and updates alternate, and the share is the median over rounds.
 */
import { cartPole } from "../src/marl/environments/cart-pole.kernel.ts";
import { simpleSpreadC } from "../src/marl/environments/simple-spread.kernel.ts";
import type { TrainerConfig } from "../src/marl/learner/config.ts";
import { presets } from "../src/marl/learner/presets.ts";
import { createTrainer } from "../src/marl/learner/trainer.ts";
import type { EnvironmentDefinition } from "../src/marl/vector/contract.ts";
import { createVectorEnv } from "../src/marl/vector/vector-env.ts";
import { Generator } from "../src/runtime/random/generator.ts";
import { keyFromSeed } from "../src/runtime/random/key.ts";
import { median, sample } from "./engine/measure.ts";
import type { BenchContext, Figure, Suite } from "./figures.ts";
import { flopsPerStep, product, productRate } from "./learner/roofline.ts";

/** Every figure of the learner. */
export const learnerSuite: Suite = async (context) => [
  await trainingFigure(context, {
    name: "learner.cartpole.4env.sps",
    environment: cartPole,
    config: presets.cartpole,
    updates: 120,
  }),
  await trainingFigure(context, {
    name: "learner.cartpole.sps",
    environment: cartPole,
    config: presets["cartpole-64"],
    updates: 20,
  }),
  await trainingFigure(context, {
    name: "learner.spread.env_steps_per_s",
    environment: simpleSpreadC,
    config: presets.spread,
    updates: 16,
  }),
  environmentFigure(context),
  await inferenceFigure(context),
];

interface TrainingCase {
  readonly name: string;
  readonly environment: EnvironmentDefinition;
  readonly config: TrainerConfig;
  /** Measured after as many again for warming up, at most 20. */
  readonly updates: number;
}

async function trainingFigure(context: BenchContext, one: TrainingCase): Promise<Figure> {
  const { name, environment, config } = one;
  context.step(`${name}: ${one.updates} updates`);
  const trainer = await createTrainer({ environment, ...config });
  const gemm = await product();
  const updates = context.quick ? Math.ceil(one.updates / 4) : one.updates;
  const warmUp = Math.min(20, updates);
  let state = trainer.initialise(1);
  const flops = flopsPerStep(state);
  const speeds: number[] = [];
  const shares: number[] = [];
  const learning: number[] = [];
  let rate = 0;
  for (let i = 0; i < warmUp + updates; i += 1) {
    if (i % 4 === 0) rate = await productRate(context, gemm);
    const { state: next, metrics } = await trainer.step(state);
    state = next;
    if (i < warmUp) continue;
    const { stepsPerSecond, spans } = metrics;
    const total = Object.values(spans).reduce((sum, ms) => sum + ms, 0);
    speeds.push(stepsPerSecond);
    shares.push((stepsPerSecond * flops) / (rate * 1e9));
    learning.push(spans.learn / total);
  }
  await trainer.release();
  const speed = median(speeds);
  const share = median(shares);
  const kilo = Math.round(flops / 1000).toLocaleString("en-US");
  return {
    name,
    value: speed,
    unit: "environment steps/s",
    reference: speed / share,
    ratio: share,
    note: `${kilo} kFLOP per step; ratio is the share of the product rate (${rate.toFixed(0)} GFLOP/s); ${(100 * median(learning)).toFixed(0)} % of the time in the compiled update; ${state.env.copies} copies, median of ${updates} updates`,
  };
}

/** Simple-spread without a learner, uniform random actions drawn beforehand. */
function environmentFigure(context: BenchContext): Figure {
  context.step("learner.env_only.agent_steps_per_s");
  const copies = 128;
  const horizon = 25;
  const env = createVectorEnv(simpleSpreadC, { copies, horizon });
  env.reset({ seed: 1 });
  const generator = Generator.fromKey(keyFromSeed(1));
  const [actions] = env.actions;
  const drawn = Array.from({ length: horizon }, () =>
    Int32Array.from({ length: actions?.discrete.length ?? 0 }, () => generator.below(5)),
  );
  const speeds: number[] = [];
  for (let round = 0; round < (context.quick ? 20 : 200); round += 1) {
    const start = context.elapsedMs();
    env.beginRollout();
    for (let t = 0; t < horizon; t += 1) {
      const now = drawn[t];
      if (now !== undefined) actions?.discrete.set(now);
      env.step(t);
    }
    speeds.push((copies * horizon * 3 * 1000) / (context.elapsedMs() - start));
  }
  return {
    name: "learner.env_only.agent_steps_per_s",
    value: median(speeds),
    unit: "agent steps/s",
    note: `simple-spread C, ${copies} copies, one thread, observations and slabs written`,
  };
}

/** The spread actor alone, one call for all rows. */
async function inferenceFigure(context: BenchContext): Promise<Figure> {
  context.step("learner.inference.rows_per_s");
  const trainer = await createTrainer({ environment: simpleSpreadC, ...presets.spread });
  const [learner] = trainer.initialise(1).learners;
  const call = learner?.calls.policy[0];
  const rows = 128 * 3;
  const count = context.quick ? 200 : 2000;
  const times =
    call === undefined ? [] : await sample(context, async () => call.run(), { count, warmUp: 50 });
  await trainer.release();
  const ms = median(times);
  return {
    name: "learner.inference.rows_per_s",
    value: (rows * 1000) / ms,
    unit: "rows/s",
    note: `18-64-64-5 actor, ${rows} rows a call, ${(1000 * ms).toFixed(0)} us a call`,
  };
}
