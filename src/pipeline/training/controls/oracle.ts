/**
 * @file The oracle of the positive control in three strengths. All know the planted side; they differ in how they may act.
 *
 * `unrestricted` holds the whole position on the side at every bar. `alphabet` acts through the environment itself, with the
 * agents' five actions, votes, masks, gates, fills and costs: towards the side by the fastest legal action. That is a rule, not a
 * proven optimum: a team that leaves early or waits well can earn more. A trained team is measured against it; the ratio of the
 * two says what the alphabet costs.
 */
import { executionBars } from "../../../trading/execution-bars.ts";
import { contractOf } from "../../../trading/contract.ts";
import { profileCosts } from "../../../trading/costs/cost-model.ts";
import { fillProfiles } from "../../../trading/fills/fill-rules.ts";
import { runSignals } from "../../../trading/vector/signal-run.ts";
import { sliceBars } from "../../../market/bars.ts";
import { sessionCalendar } from "../../../market/session.ts";
import type { BarRange } from "../folds.ts";
import { prepareSweep, type SweepPlayer, type SweepResult } from "../sweep.ts";
import type { TrainableStage } from "../stage.ts";
import type { ControlMarket } from "./planted-market.ts";

/** Codes of the strategic alphabet, and where a strategic row holds the exposure. */
const [BUY, SELL, HOLD, REDUCE] = [0, 1, 2, 3];
const exposureColumn = 624 + 13 + 6;
/** Codes of the tactical alphabet: the large step on a side. */
const [LARGE_BUY, LARGE_SELL, WAIT] = [2, 4, 0];

/** What the oracle earns over a range within the alphabet of the stage. */
export function alphabetOracle(
  stage: TrainableStage,
  { side }: ControlMarket,
  range: BarRange,
): Promise<SweepResult> {
  return prepareSweep(stage, range).play(
    stage.kind === "strategic" ? strategicOracle(side, stage) : tacticalOracle(side, stage),
  );
}

/** Reversing through REDUCE sheds two contracts of four at once, SELL one: beyond half an exposure it is faster. */
function strategicOracle(side: Int8Array, { agents, features }: TrainableStage): SweepPlayer {
  return (observations, choices, bars) => {
    for (const [i, bar] of bars.entries()) {
      const exposure = observations[i * agents * features + exposureColumn] ?? 0;
      const towards = side[bar] ?? 0;
      const action =
        towards === 0
          ? HOLD
          : towards * exposure < -0.5
            ? REDUCE
            : towards * exposure >= 1
              ? HOLD
              : sided(towards);
      choices.fill(action, i * agents, (i + 1) * agents);
    }
  };
}

function sided(towards: number): number {
  return towards > 0 ? BUY : SELL;
}

function tacticalOracle(side: Int8Array, { agents }: TrainableStage): SweepPlayer {
  return (_, choices, bars) => {
    for (const [i, bar] of bars.entries()) {
      const towards = side[bar] ?? 0;
      choices.fill(towards > 0 ? LARGE_BUY : towards < 0 ? LARGE_SELL : WAIT, i * agents, (i + 1) * agents);
    }
  };
}

/** Net USD of four contracts on the planted side at every bar of a range, same costs, flat between sessions. */
export function unrestrictedOracleUsd({ bars, side, spec }: ControlMarket, { from, to }: BarRange): number {
  const part = sliceBars(bars, from, to);
  const gates = { calendar: sessionCalendar(spec.sessionTemplate), flatBeforeCloseMin: 1 };
  const initialUsd = 1_000_000;
  const { totals } = runSignals({
    name: "unrestricted oracle",
    bars: executionBars(part, contractOf(spec), gates),
    targets: Int32Array.from(side.subarray(from, to), (one) => 4 * one),
    costs: profileCosts(spec.costKey),
    fills: fillProfiles.exchange,
    initialUsd,
  });
  return totals.finalUsd - initialUsd;
}
