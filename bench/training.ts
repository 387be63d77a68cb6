/**
 * @file `npm run bench -- training`: the real MAPPO update of the strategic and the tactical team in their real environments
 * on synthetic bars, one thread. `*.roofline` is the share of the matrix-product rate of the same run that whole updates
 * reach (environment, rollout, advantages, epochs, everything); products are counted in the graphs (`training/products.ts`).
 */
import { createTrainer } from "../src/marl/learner/trainer.ts";
import type { Architecture } from "../src/marl/learner/networks.ts";
import type { EnvironmentDefinition } from "../src/marl/vector/contract.ts";
import { generateMarket } from "../src/market/synthetic/generator.ts";
import { createStrategicEnvironment } from "../src/stages/strategic/environment.ts";
import { strategicArchitecture } from "../src/stages/strategic/networks/architecture.ts";
import { createTacticalEnvironment } from "../src/stages/tactical/environment.ts";
import { tacticalArchitecture } from "../src/stages/tactical/networks/architecture.ts";
import { median } from "./engine/measure.ts";
import type { BenchContext, Figure, Suite } from "./figures.ts";
import { product, productRate } from "./learner/roofline.ts";
import { flopsPerStep } from "./training/products.ts";

/** Every figure of the training of the stages. */
export const trainingSuite: Suite = async (context) => {
  context.step("synthetic bars and their features");
  const strategic: Team = { group: "strategic", environment: strategicSeries() };
  const tactical: Team = { group: "tactical", environment: tacticalSeries() };
  return [
    await rooflineFigure(context, strategic, strategicArchitecture()),
    await rooflineFigure(context, tactical, tacticalArchitecture()),
    await speedFigure(context, strategic, strategicArchitecture({ preset: "compact" })),
    await speedFigure(context, tactical, tacticalArchitecture({ preset: "compact" })),
  ];
};

interface Team {
  readonly group: "strategic" | "tactical";
  readonly environment: EnvironmentDefinition;
}

const market = { seed: 5, symbol: "NQ", from: 2024_01_08, startPrice: 18_000 } as const;

function strategicSeries(): EnvironmentDefinition {
  const { bars } = generateMarket({ ...market, intervalMs: 1_800_000, sessions: 90, sigma: 0.0012 });
  return createStrategicEnvironment(bars, { features: { warmUp: 500 } });
}

function tacticalSeries(): EnvironmentDefinition {
  const { bars } = generateMarket({ ...market, intervalMs: 300_000, sessions: 30, sigma: 0.0005 });
  return createTacticalEnvironment(bars);
}

/** What one trainer measured, medians over updates. */
interface Measured {
  /** Environment steps per second of whole updates, and of the products' rate that is. */
  readonly stepsPerSecond: number;
  readonly share: number;
  readonly productRate: number;
  /** FLOPs of one environment step. */
  readonly flops: number;
  readonly agents: number;
  readonly note: string;
}

/** Whole updates of 16 copies x 128 steps, 4 epochs of 8 minibatches: the defaults of training.md section 2. */
async function measured(context: BenchContext, team: Team, architecture: Architecture): Promise<Measured> {
  const trainer = await createTrainer({
    environment: team.environment,
    architectures: { [team.group]: architecture },
    copies: 16,
    horizon: 128,
    totalSteps: 2048 * 100,
    group: { epochs: 4, minibatches: 8, valueNormalisation: "popart" },
  });
  const gemm = await product();
  let state = trainer.initialise(1);
  const [learner] = state.learners;
  const flops = learner === undefined ? Number.NaN : flopsPerStep(learner);
  const speeds: number[] = [];
  const shares: number[] = [];
  const rates: number[] = [];
  const spans: Record<string, number> = {};
  const updates = context.quick ? 2 : 5;
  for (let i = 0; i <= updates; i += 1) {
    const rate = await productRate(context, gemm);
    const { state: next, metrics } = await trainer.step(state);
    state = next;
    // The first update warms up.
    if (i === 0) continue;
    rates.push(rate);
    speeds.push(metrics.stepsPerSecond);
    shares.push((metrics.stepsPerSecond * flops) / (rate * 1e9));
    for (const [name, ms] of Object.entries(metrics.spans)) spans[name] = (spans[name] ?? 0) + ms;
  }
  state.env.close();
  await trainer.release();
  const agents = learner?.layout.agents ?? 1;
  const total = Object.values(spans).reduce((sum, ms) => sum + ms, 0);
  const shown = Object.entries(spans).map(([name, ms]) => `${name} ${((100 * ms) / total).toFixed(0)} %`);
  return {
    stepsPerSecond: median(speeds),
    share: median(shares),
    productRate: median(rates),
    flops,
    agents,
    note: `synthetic bars, 16 copies x 128 steps, 4 epochs of 8 minibatches, one thread, median of ${updates} updates; ${(flops / agents / 1e6).toFixed(1)} MFLOP per agent-step, products ${median(rates).toFixed(0)} GFLOP/s; ${shown.join(", ")}`,
  };
}

async function rooflineFigure(
  context: BenchContext,
  team: Team,
  architecture: Architecture,
): Promise<Figure> {
  const name = `training.${team.group}.roofline`;
  context.step(name);
  const { agents, note, share, stepsPerSecond } = await measured(context, team, architecture);
  const speed = Math.round(agents * stepsPerSecond).toLocaleString("en-US");
  return { name, value: share, unit: "share", note: `default network, ${speed} agent-steps/s; ${note}` };
}

async function speedFigure(context: BenchContext, team: Team, architecture: Architecture): Promise<Figure> {
  const name = `training.${team.group}.compact.agent_steps_per_s`;
  context.step(name);
  const { agents, note, share, stepsPerSecond } = await measured(context, team, architecture);
  return {
    name,
    value: agents * stepsPerSecond,
    unit: "agent steps/s",
    reference: (agents * stepsPerSecond) / share,
    ratio: share,
    note: `compact network; ratio is the share of the product rate; ${note}`,
  };
}
