/** @file Every indicator and every schema by name, with the defaults of features.md section 12. */
import { bollingerPosition, momentum, rsi, stochastic } from "./basic/oscillators.ts";
import { heikinAshi } from "./basic/heikin-ashi.ts";
import { ema, macd, wma } from "./basic/moving.ts";
import { atr, priceAcceleration, referenceVolatility, volatility } from "./basic/range.ts";
import { fvg } from "./gaps/fvg.ts";
import type { Recipe } from "./indicator/indicator.ts";
import { featureError } from "./issues.ts";
import { fvg7 } from "./matrix/fvg7.ts";
import type { MatrixSchema } from "./matrix/schema.ts";
import { strategic13 } from "./matrix/strategic13.ts";
import { tactical7 } from "./matrix/tactical7.ts";
import { technical13 } from "./matrix/technical13.ts";
import { mlmi } from "./mlmi/mlmi.ts";
import { nwrqk } from "./nwrqk/nwrqk.ts";
import { lvn } from "./profile/lvn.ts";
import { mmd } from "./regime/mmd.ts";
import { synergies } from "./synergy/synergy.ts";

/** Makes an indicator for an instrument with this tick size. */
export type RecipeOfTick = (tick: number) => Recipe;

/** Indicators by name. */
export const indicatorCatalog: Readonly<Record<string, RecipeOfTick>> = {
  wma5: () => wma(5),
  wma20: () => wma(20),
  ema20: () => ema(20),
  macd: () => macd(),
  rsi14: () => rsi(14),
  stochastic: () => stochastic(),
  bollinger: () => bollingerPosition(),
  momentum20: () => momentum(20),
  momentum50: () => momentum(50),
  atr14: () => atr(),
  volatility30: () => volatility(),
  reference_volatility: () => referenceVolatility(),
  price_acceleration: () => priceAcceleration(),
  heikin_ashi: () => heikinAshi(),
  mlmi: () => mlmi(),
  mlmi_forward: () => mlmi({ labelMode: "forward" }),
  nwrqk: (tick) => nwrqk({ tick }),
  nwrqk_slow46: (tick) => nwrqk({ tick }, "slow46"),
  lvn: (tick) => lvn({ tick }),
  fvg: (tick) => fvg({ tick }),
  mmd: (tick) => mmd({ tick }),
  synergies: (tick) => synergies({ tick }),
};

/** Matrix schemas by name. */
export const schemaCatalog: Readonly<Record<string, (tick: number) => MatrixSchema>> = {
  "strategic-13": (tick) => strategic13({ tick }),
  "technical-13": (tick) => technical13({ tick }),
  "tactical-7": (tick) => tactical7({ tick }),
  "fvg-7": (tick) => fvg7({ tick }),
};

/** The schema of a name. @throws GrandModelError `FEATURE_UNKNOWN`. */
export function schemaNamed(name: string, tick: number): MatrixSchema {
  const make = Object.hasOwn(schemaCatalog, name) ? schemaCatalog[name] : undefined;
  if (make !== undefined) return make(tick);
  throw featureError({
    code: "FEATURE_UNKNOWN",
    path: "schema",
    value: name,
    expected: `one of ${Object.keys(schemaCatalog).join(", ")}`,
    hint: "Strategic schemas read 30-minute bars, tactical ones 5-minute bars.",
  });
}
