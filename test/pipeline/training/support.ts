/** @file A control market that is small enough for tests, and settings that train on it in a second. */
import { strategicControl } from "../../../src/pipeline/training/controls/planted-market.ts";
import { stageDefaults, type StageSettings } from "../../../src/pipeline/training/settings.ts";
import { strategicStage, type StrategicStage } from "../../../src/pipeline/training/stage.ts";
import type { BarSeries } from "../../../src/market/bars.ts";
import { strategicMarket } from "../../../src/stages/strategic/market.ts";

export const control: ReturnType<typeof strategicControl> = strategicControl({
  seed: 5,
  sessions: 60,
  edge: 0.6,
});

export const tinySettings: StageSettings = {
  ...stageDefaults,
  updates: 4,
  copies: 4,
  horizon: 32,
  minibatches: 2,
  epochs: 2,
  actorRate: 1e-3,
  validateEvery: 1,
  saveEvery: 1,
};

/** A stage over other bars than the control's, everything else as there. */
export function stageOver(bars: BarSeries): StrategicStage {
  const { options } = control.stage;
  return strategicStage({ ...options, bars, market: strategicMarket(bars, options.spec, { warmUp: 500 }) });
}
