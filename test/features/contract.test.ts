/** @file Every indicator and every schema keeps the contract of test/contract/indicator.ts; planted offenders do not. */
import { describe, expect, it } from "vitest";
import { wma } from "../../src/features/basic/moving.ts";
import { fvg } from "../../src/features/gaps/fvg.ts";
import { indicatorCatalog } from "../../src/features/catalog.ts";
import { Bar } from "../../src/features/indicator/bar.ts";
import { type Calculation, Indicator, type Recipe } from "../../src/features/indicator/indicator.ts";
import { matrixRows } from "../../src/features/matrix/feature-matrix.ts";
import { fvg7 } from "../../src/features/matrix/fvg7.ts";
import { strategic13 } from "../../src/features/matrix/strategic13.ts";
import { tactical7 } from "../../src/features/matrix/tactical7.ts";
import { technical13 } from "../../src/features/matrix/technical13.ts";
import { mlmi } from "../../src/features/mlmi/mlmi.ts";
import { nwrqk } from "../../src/features/nwrqk/nwrqk.ts";
import { type MakeIndicator, type Promised, indicatorViolations } from "../contract/indicator.ts";
import { syntheticBars } from "./synthetic-bars.ts";

/** So small that a doubled price makes no difference to anything counted in ticks. */
const tick = 2 ** -40;
const bars = syntheticBars(1500, 11);

const recipes: Readonly<Record<string, Recipe>> = {
  ...Object.fromEntries(Object.entries(indicatorCatalog).map(([name, make]) => [name, make(tick)])),
  "fvg without ATR": fvg({ tick, minAtr: 0 }),
  "fvg, fill mode, strict": fvg({ tick, mitigationMode: "fill", strictClose: true, displacement: 0 }),
  "mlmi of Heikin-Ashi, small store": mlmi({ priceSource: "heikinAshi", capacity: 30, k: 10, kMin: 5 }),
  "nwrqk of Heikin-Ashi": nwrqk({ tick, priceSource: "heikinAshi" }),
  "strategic-13": matrixRows(strategic13({ tick, warmUp: 100 })),
  "technical-13": matrixRows(technical13({ tick, warmUp: 100 })),
  "tactical-7": matrixRows(tactical7({ tick, warmUp: 100 })),
  "fvg-7": matrixRows(fvg7({ tick, warmUp: 100 })),
  "fvg-7, other scalings": matrixRows(fvg7({ tick, warmUp: 100, levelScaling: "atr", percentScaling: true })),
};

describe("the indicator contract", () => {
  it.each(Object.entries(recipes))("%s", (_, recipe) => {
    expect(indicatorViolations(() => new Indicator(recipe), bars)).toEqual([]);
  });

  it("reaches every column: each is valid and not constant somewhere on these bars", () => {
    const recipe = matrixRows(strategic13({ tick, warmUp: 100, mlmi: { kMin: 5 } }));
    const long = syntheticBars(3000, 12);
    const indicator = new Indicator(recipe);
    const seen = indicator.columns.map(() => new Set<number>());
    const bar = new Bar();
    for (let i = 0; i < long.length; i += 1) {
      Object.assign(bar, {
        t: long.t[i],
        intervalMs: long.intervalMs,
        open: long.o[i],
        high: long.h[i],
        low: long.l[i],
      });
      Object.assign(bar, {
        close: long.c[i],
        volume: long.v[i],
        session: long.session[i],
        closeMinute: i % 1440,
      });
      indicator.update(bar);
      indicator.values.forEach((value, c) => indicator.valid[c] === 1 && seen[c]?.add(value));
    }
    expect(seen.map((values) => values.size).filter((size) => size < 3)).toEqual([]);
  });
});

/** A calculation of one column from plain functions, for faults. */
function faulty(parts: Partial<Calculation>): MakeIndicator {
  return () =>
    new Indicator((memory) => {
      const sum = memory.cell();
      return {
        name: "faulty",
        columns: ["sum"],
        warmUp: 1,
        lookback: Infinity,
        advance: (bar) => {
          sum.value = 0.9 * sum.value + bar.close;
        },
        rescale: (ratio) => {
          sum.value *= ratio;
        },
        emit: (values, valid) => {
          values[0] = sum.value;
          valid[0] = 1;
        },
        ...parts,
      };
    });
}

/** Forgets the guards against repeated and older bars. */
class Unguarded extends Indicator {
  override update(bar: Bar): void {
    this.calculation.advance(bar);
    this.calculation.emit(this.values, this.valid);
  }
}

/** Publishes what the formula says, NaN and all. */
class Unfiltered extends Indicator {
  override update(bar: Bar): void {
    super.update(bar);
    this.values[0] = this.valid[0] === 1 ? (this.values[0] ?? 0) : Number.NaN;
  }
}

function hiddenState(): MakeIndicator {
  return () => {
    let hidden = 0;
    return faulty({
      advance: (bar) => {
        hidden = 0.9 * hidden + bar.close;
      },
      rescale: (ratio) => {
        hidden *= ratio;
      },
      emit: (values, valid) => {
        values[0] = hidden;
        valid[0] = 1;
      },
    })(bars);
  };
}

function sharedState(): MakeIndicator {
  let calls = 0;
  return faulty({
    advance: () => {
      calls += 1;
    },
    emit: (values, valid) => {
      values[0] = calls;
      valid[0] = 1;
    },
  });
}

const peeking: MakeIndicator = (seen) => {
  let i = 0;
  return faulty({
    advance: () => {
      i += 1;
    },
    emit: (values, valid) => {
      values[0] = seen.c[i] ?? 0;
      valid[0] = 1;
    },
  })(seen);
};

/** A sound recipe with something about it declared wrongly or taken away. */
function altered(recipe: Recipe, change: (made: Calculation) => Partial<Calculation>): MakeIndicator {
  return () =>
    new Indicator((memory) => {
      const made = recipe(memory);
      return { ...made, ...change(made) };
    });
}

const offenders: readonly (readonly [string, Promised, MakeIndicator])[] = [
  ["state shared by instances", "streaming equals batch", sharedState()],
  ["state outside the memory", "restart changes nothing", hiddenState()],
  ["state outside the memory", "segments start afresh", hiddenState()],
  ["reads the next close", "prefix invariance", peeking],
  ["reads the next close", "future perturbation", peeking],
  ["no guard", "repeated bars change nothing", () => new Unguarded(wma(5))],
  ["no guard", "older bars are refused", () => new Unguarded(wma(5))],
  ["a warm-up too short", "warm-up as declared", altered(wma(5), () => ({ warmUp: 4 }))],
  ["a warm-up too long", "warm-up as declared", altered(wma(5), () => ({ warmUp: 6 }))],
  ["a lookback too short", "lookback as declared", altered(wma(5), () => ({ lookback: 4 }))],
  [
    "reacts to bars it must not see",
    "non-finite bars leave no trace",
    altered(wma(5), (made) => ({ skip: () => made.rescale(2) })),
  ],
  ["publishes NaN", "invalid outputs are zero", () => new Unfiltered(wma(5))],
  ["forgets to rescale", "rolls rescale the state", altered(wma(5), () => ({ rescale: () => undefined }))],
];

describe("planted offenders", () => {
  it.each(offenders)("%s: breaks '%s'", (_, promise, make) => {
    expect(indicatorViolations(make, bars).map((violation) => violation.promise)).toContain(promise);
  });
});
