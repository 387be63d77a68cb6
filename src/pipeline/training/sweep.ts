/**
 * @file The deterministic evaluation of a policy over a range of bars: the environment in `eval` mode, every admissible
 * close once, nothing drawn. The range is cut at session borders into stretches that are played side by side, so that one
 * call of the policy serves many: accounts are flat between sessions anyway. Spec: training.md section 4.
 */
import { Generator } from "../../runtime/random/generator.ts";
import { keyFromSeed } from "../../runtime/random/key.ts";
import type { BarSeries } from "../../market/bars.ts";
import type { BatchKernel, GroupBuffers, KernelDefinition } from "../../marl/vector/contract.ts";
import type { EpisodeAccounts } from "../../trading/batch/episodes.kernel.ts";
import type { BarRange } from "./folds.ts";
import type { TrainableStage } from "./stage.ts";

/** Chooses for all agents of all stretches at once. */
export type SweepPlayer = (
  /** [stretches x agents, F]; rows of a stretch that is over stay as they were. */
  observations: Float32Array,
  /** [stretches x agents], to be written. */
  choices: Int32Array,
  /** [stretches] bar at whose close each stretch stands. */
  bars: Int32Array,
) => Promise<void> | void;

/** What a sweep measured; columns have one item per bar of the range. */
export interface SweepResult {
  readonly range: BarRange;
  /** Change of marked equity in each bar after all costs, USD. */
  readonly pnlUsd: Float64Array;
  /** Signed contracts held at each close. */
  readonly position: Int32Array;
  /** Sum of the team's rewards, units of risk. */
  readonly reward: number;
  readonly decisions: number;
  readonly fills: number;
  readonly feesUsd: number;
}

/** A range made ready to be swept again and again. */
export interface Sweep {
  readonly range: BarRange;
  /** Rows of `observations` that a player gets: stretches x agents. */
  readonly rows: number;
  readonly play: (player: SweepPlayer) => Promise<SweepResult>;
}

/** @param stretches parts that are played side by side, fewer where the range has fewer sessions */
export function prepareSweep(
  stage: TrainableStage,
  range: BarRange,
  {
    costMultiplier = 1,
    stretches = 16,
  }: { readonly costMultiplier?: number; readonly stretches?: number } = {},
): Sweep {
  const parts = cutAtSessions(stage.bars, range, stretches).filter((part) => startOf(stage.ready, part) >= 0);
  // A range in which features never warm up after a break of the data has no close to decide at: the stage is silent there.
  const definition =
    parts.length === 0 ? undefined : stage.environment({ ...range, mode: "eval", costMultiplier });
  const rows = stretches * stage.agents;
  return {
    range,
    rows,
    play: (player) => {
      const live =
        definition === undefined
          ? []
          : parts.map((part) => new Stretch(definition, stage, part, startOf(stage.ready, part)));
      return playAll(live, stage, rows, range, player);
    },
  };
}

async function playAll(
  parts: readonly Stretch[],
  { agents, features }: TrainableStage,
  rows: number,
  range: BarRange,
  player: SweepPlayer,
): Promise<SweepResult> {
  const observations = new Float32Array(rows * features);
  const choices = new Int32Array(rows);
  const at = new Int32Array(parts.length);
  const out = emptyResult(range);
  while (parts.some((part) => part.live)) {
    for (const [i, part] of parts.entries()) {
      if (!part.live) continue;
      part.observe(observations, i * agents * features);
      at[i] = part.bar;
    }
    await player(observations, choices, at);
    for (const [i, part] of parts.entries()) {
      if (part.live) part.step(choices.subarray(i * agents, (i + 1) * agents), out);
    }
  }
  return out;
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

function emptyResult(range: BarRange): Writable<SweepResult> {
  const n = range.to - range.from;
  const columns = { pnlUsd: new Float64Array(n), position: new Int32Array(n) };
  return { range, ...columns, reward: 0, decisions: 0, fills: 0, feesUsd: 0 };
}

/** Kernels of the stages: one account per copy. */
interface TradingKernel extends BatchKernel {
  readonly accounts: EpisodeAccounts;
}

/** One copy of the environment in its part of the range. */
class Stretch {
  live = true;
  private readonly kernel: TradingKernel;
  private readonly group: GroupBuffers;
  private readonly steps = new Int32Array(1);
  private readonly maxCycles: number;
  private readonly end: number;

  constructor(definition: KernelDefinition, { agents }: TrainableStage, part: BarRange, start: number) {
    this.maxCycles = definition.spec.maxCycles;
    this.end = part.to - 1;
    this.group = allocateGroup(agents);
    this.kernel = definition.create({
      copies: 1,
      groups: [this.group],
      // Nothing is drawn in a sweep.
      generators: [Generator.fromKey(keyFromSeed(0))],
      steps: this.steps,
    }) as TradingKernel;
    this.kernel.seed?.(0, 0n);
    this.kernel.reset(0);
    // The first episode begins in this part; the ones after it follow from where the account stands.
    this.kernel.accounts.reset(0, start);
  }

  /** The bar at whose close the account stands. */
  get bar(): number {
    return this.kernel.accounts.at(0);
  }

  observe(out: Float32Array, offset: number): void {
    this.kernel.observe(0, 0, 1, out, offset);
  }

  step(choices: Int32Array, out: Writable<SweepResult>): void {
    const { group, kernel, steps } = this;
    const { accounts } = kernel.accounts;
    const [equity = 0] = accounts.equityMicroCents;
    const [fills = 0] = accounts.fills;
    const [fees = 0] = accounts.feesMicroCents;
    group.discrete.set(choices);
    group.terminated.fill(0);
    group.truncated.fill(0);
    steps[0] = (steps[0] ?? 0) + 1;
    kernel.step(0, 1);
    const row = this.bar - out.range.from;
    out.pnlUsd[row] = (out.pnlUsd[row] ?? 0) + ((accounts.equityMicroCents[0] ?? 0) - equity) / 1e8;
    out.position[row] = accounts.units[0] ?? 0;
    out.reward += group.rewards[0] ?? 0;
    out.decisions += 1;
    out.fills += (accounts.fills[0] ?? 0) - fills;
    out.feesUsd += ((accounts.feesMicroCents[0] ?? 0) - fees) / 1e8;
    const timeIsUp = this.maxCycles > 0 && (steps[0] ?? 0) >= this.maxCycles;
    if (group.terminated[0] === 1 || group.truncated[0] === 1 || timeIsUp) this.restart();
    if (this.bar >= this.end) this.live = false;
  }

  /** The next episode of the sweep; the part is over when it would begin again. */
  private restart(): void {
    const before = this.bar;
    this.steps[0] = 0;
    this.kernel.reset(0);
    if (this.bar < before) this.live = false;
  }
}

function allocateGroup(agents: number): GroupBuffers {
  return {
    discrete: new Int32Array(agents),
    continuous: new Float32Array(0),
    rewards: new Float64Array(agents),
    terminated: new Uint8Array(agents),
    truncated: new Uint8Array(agents),
    alive: new Uint8Array(agents).fill(1),
    illegal: new Uint8Array(agents),
  };
}

/** About equal parts that begin with a session; fewer where the range has fewer sessions. */
function cutAtSessions({ session }: BarSeries, range: BarRange, parts: number): readonly BarRange[] {
  const cuts = [range.from];
  for (let part = 1; part < parts; part += 1) {
    let at = range.from + Math.floor((part * (range.to - range.from)) / parts);
    while (at < range.to && session[at] === session[at - 1]) at += 1;
    if (at > (cuts.at(-1) ?? 0) && at < range.to) cuts.push(at);
  }
  return cuts.map((from, i) => ({ from, to: cuts[i + 1] ?? range.to }));
}

/** The first close of a part that sees a whole window and is followed by one that does; -1 without one. */
function startOf(ready: Uint8Array, { from, to }: BarRange): number {
  for (let t = from; t + 1 < to; t += 1) if (ready[t] === 1 && ready[t + 1] === 1) return t;
  return -1;
}
