/**
 * @file One run of the look-ahead guard: the engine steps as always, but before each instant somebody else hands over the
 * strategy's features, and everything that the instant recorded is kept. Deterministic: equal features, equal records.
 */
import { Engine, type RunConfig } from "../engine/engine.ts";
import type { FeatureColumns } from "../engine/market-view.ts";
import type { Journal } from "../journal.ts";
import type { LookaheadFinding } from "./finding.ts";

/** What one instant recorded. */
export interface Instant {
  /** Last closed bar of the clock series. */
  readonly bar: number;
  /** `kind ms data` of each record, and the strategy's state. */
  readonly lines: readonly string[];
}

/** Closed bars of each series at an instant, and the clock bar, to the features that the strategy is shown there. */
export type FeaturesAt = (lengths: readonly number[], bar: number) => readonly FeatureColumns[];

/** A run whose journal is kept by instant. */
export class Walk<State> {
  readonly instants: Instant[] = [];
  private readonly engine: Engine<State>;
  private current: string[] = [];

  constructor(config: RunConfig<State>) {
    const journal: Journal = {
      append: (kind, _cause, ms, data) => {
        this.current.push(`${kind} ${ms} ${JSON.stringify(data)}`);
        return 0;
      },
    };
    // Its own features are never used: the caller hands them over at every instant.
    const { features: _features, ...strategy } = config.strategy;
    this.engine = new Engine({ ...config, strategy, journal });
  }

  run(featuresAt: FeaturesAt): this {
    for (;;) {
      const lengths = this.engine.upcoming();
      if (lengths === undefined) return this;
      const bar = (lengths[this.engine.executionSeries[0] ?? 0] ?? 1) - 1;
      const columns = featuresAt(lengths, bar);
      for (const [i, view] of this.engine.market.series.entries()) view.features = columns[i] ?? {};
      this.current = [];
      this.engine.step();
      this.current.push(`state ${stateText(this.engine.state.strategy)}`);
      this.instants.push({ bar, lines: this.current });
    }
  }

  /** Records of a kind from a clock bar on. */
  count(kind: string, fromBar = 0): number {
    return this.instants
      .filter(({ bar }) => bar >= fromBar)
      .reduce((sum, { lines }) => sum + lines.filter((line) => line.startsWith(`${kind} `)).length, 0);
  }

  /** Clock bar of the first order; `Infinity` without one. */
  get firstOrderBar(): number {
    const first = this.instants.find(({ lines }) => lines.some((line) => line.startsWith("order ")));
    return first?.bar ?? Infinity;
  }

  /** Fills that happened before their decision could reach the market. */
  timingFindings(): readonly LookaheadFinding[] {
    const { fills } = this.engine.account;
    for (let row = 0; row < fills.length; row += 1) {
      const bar = fills.get(row, "bar");
      const decided = fills.get(row, "decisionBar");
      if (fills.get(row, "order") === 0 || bar > decided) continue;
      return [
        {
          probe: "timing",
          subject: "fill",
          bar,
          name: `order ${fills.get(row, "order")}`,
          withFuture: `filled in bar ${bar}`,
          withoutFuture: `decided at the close of bar ${decided}`,
        },
      ];
    }
    return [];
  }
}

function stateText(state: unknown): string {
  return JSON.stringify(state, (_key, value: unknown) => {
    if (ArrayBuffer.isView(value)) return Array.from(value as Float64Array, String);
    return typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
  });
}
