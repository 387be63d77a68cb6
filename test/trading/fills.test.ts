/** @file The fill rules of `backtest.md` section 3, order by order and mode by mode. */
import { describe, expect, test } from "vitest";
import type { Desk } from "../../src/trading/engine/desk.ts";
import type { OrderRequest } from "../../src/trading/engine/order-request.ts";
import { freeOfCosts } from "../../src/trading/costs/cost-model.ts";
import type { Order } from "../../src/trading/orders/order.ts";
import type { AmbiguityMode } from "../../src/trading/fills/fill-rules.ts";
import { bareRules, fillList, type Prices, ready, runScript, series, uncapped } from "./support.ts";

const still: Prices = [100, 100, 100, 100];

/** Fills of orders sent after the first bar. */
function after(
  requests: readonly OrderRequest[],
  bars: readonly Prices[],
  rules: Partial<typeof bareRules> = {},
): readonly (readonly [number, number, number])[] {
  const run = runScript(
    ready(series("NQ", [still, ...bars])),
    (bar, desk) => {
      if (bar === 0) for (const request of requests) expect(desk.submit(request).ok).toBe(true);
    },
    { fills: { ...bareRules, ...rules } },
  );
  return fillList(run);
}

const long: OrderRequest = { side: 1, size: 1 };

describe("limits and stops", () => {
  test("a limit that the open has passed fills at the better open", () => {
    expect(after([{ ...long, type: { kind: "limit", price: 98 } }], [[97, 99, 96, 98]])).toEqual([
      [1, 1, 97],
    ]);
  });

  test("with one tick through, a touch is no fill", () => {
    const request: OrderRequest = { ...long, type: { kind: "limit", price: 98 } };
    expect(after([request], [[99, 99, 98, 99]], { throughTicks: 1 })).toEqual([]);
    expect(after([request], [[99, 99, 97.75, 99]], { throughTicks: 1 })).toEqual([[1, 1, 98]]);
  });

  test("slippage of a stop is added once, and never leads further than the cap beyond the bar", () => {
    const cost = { ...freeOfCosts, slipTicksBase: 100, halfSpreadTicks: 100 };
    const bars = ready(series("NQ", [still, [100, 101, 100, 101]]));
    const send = (desk: Desk, bar: number): void => {
      if (bar === 0) desk.submit({ ...long, type: { kind: "stop", price: 101 } });
    };
    const capped = runScript(bars, (bar, desk) => send(desk, bar), { cost });
    expect(fillList(capped)).toEqual([[1, 1, 111]]);
    const mild = runScript(bars, (bar, desk) => send(desk, bar), {
      cost: { ...freeOfCosts, slipTicksBase: 1, halfSpreadTicks: 0.5 },
    });
    expect(fillList(mild)).toEqual([[1, 1, 101.25]]);
  });

  test.each([
    {
      name: "gapped beyond the stop, within the limit: the open",
      bar: [102, 103, 101, 102],
      limit: 103,
      fills: [[1, 1, 102]],
    },
    {
      name: "gapped beyond the limit: rests, later points are unknown",
      bar: [104, 105, 100, 101],
      limit: 103,
      fills: [],
    },
    {
      name: "reached inside, limit beyond the stop: the stop price",
      bar: [100, 102, 99, 101],
      limit: 103,
      fills: [[1, 1, 101]],
    },
    {
      name: "limit on the near side: touching it came before the trigger",
      bar: [100, 102, 99, 101],
      limit: 100.5,
      fills: [],
    },
  ] as const)("a stop-limit $name", ({ bar, limit, fills }) => {
    expect(after([{ ...long, type: { kind: "stopLimit", stop: 101, limit } }], [bar])).toEqual(fills);
  });

  test("a stop-limit that rests fills as a limit in a later bar; a known path lets it fill in the same one", () => {
    const request: OrderRequest = { ...long, type: { kind: "stopLimit", stop: 101, limit: 100.5 } };
    const bars: readonly Prices[] = [
      [100, 102, 99, 101],
      [101, 101, 100.25, 101],
    ];
    expect(after([request], bars)).toEqual([[2, 1, 100.5]]);
    expect(after([request], bars, { ambiguity: "fixed" })).toEqual([[1, 1, 100.5]]);
  });

  test("a trailing stop follows closed bars only, and only upwards", () => {
    const run = runScript(
      ready(
        series("NQ", [
          still,
          [100, 104, 100, 103],
          [103, 104, 101.5, 102],
          [102, 102, 101, 101.5],
          [101.5, 101.5, 100.5, 101],
        ]),
      ),
      (bar, desk) => {
        if (bar === 0) desk.submit({ ...long, bracket: { stop: 98, trail: { kind: "ticks", ticks: 8 } } });
        if (bar === 1) expect(desk.orders()[0]?.stopTicks).toBe(101 * 4);
        if (bar === 2) expect(desk.orders()[0]?.stopTicks).toBe(101 * 4);
      },
      { fills: bareRules },
    );
    expect(fillList(run)).toEqual([
      [1, 1, 100],
      [3, -1, 101],
    ]);
  });
});

test("a trailing stop begins at the entry, not at the better price of the decision", () => {
  const run = runScript(
    ready(series("NQ", [still, [96, 96.5, 95.5, 96], [96, 96.5, 95.5, 96], [96, 96, 93, 93]])),
    (bar, desk) => {
      if (bar === 0) desk.submit({ ...long, bracket: { stop: 92, trail: { kind: "ticks", ticks: 8 } } });
      if (bar === 2) expect(desk.orders()[0]?.stopTicks).toBe(94 * 4);
    },
  );
  expect(fillList(run)).toEqual([
    [1, 1, 96],
    [3, -1, 94],
  ]);
});

describe("several orders in one bar", () => {
  const both: Prices = [100, 110, 90, 105];
  const bracketed: OrderRequest = { ...long, bracket: { stop: 95, target: 108 } };
  const quiet: Prices = [100, 101, 99, 100];

  test.each([
    { mode: "pessimistic", price: 95 },
    { mode: "fixed", price: 108 },
    { mode: "adaptive", price: 95 },
  ] as const)("$mode: stop and target in range give $price, marked ambiguous", ({ mode, price }) => {
    const run = runScript(
      ready(series("NQ", [still, quiet, both])),
      (bar, desk) => bar === 0 && desk.submit(bracketed),
      {
        fills: { ...bareRules, ambiguity: mode },
      },
    );
    expect(fillList(run)[1]).toEqual([2, -1, price]);
    expect(run.account.trades.get(0, "flags")).toBe(1);
  });

  test("adaptive goes to the nearer extreme first", () => {
    const near: Prices = [107, 110, 90, 105];
    const run = runScript(
      ready(series("NQ", [still, quiet, near])),
      (bar, desk) => bar === 0 && desk.submit(bracketed),
      {
        fills: { ...bareRules, ambiguity: "adaptive" },
      },
    );
    expect(fillList(run)[1]).toEqual([2, -1, 108]);
  });

  test("finer bars decide what the coarse bar cannot, and must aggregate to it", () => {
    const coarse = ready(series("NQ", [still, quiet, both], 300_000));
    const target: readonly Prices[] = [
      [100, 109, 99, 109],
      [109, 110, 90, 105],
    ];
    const rest: readonly Prices[] = [still, still, quiet, [100, 100, 100, 100]];
    const finer = (bars: readonly Prices[]): ReturnType<typeof ready> =>
      ready(series("NQ", [...rest, ...bars], 150_000));
    const run = runScript(coarse, (bar, desk) => bar === 0 && desk.submit(bracketed), {
      fills: { ...bareRules, ambiguity: "subBars" },
      finer: { NQ: finer(target) },
    });
    expect(fillList(run)[1]).toEqual([2, -1, 108]);
    expect(run.account.trades.get(0, "flags")).toBe(0);
    const wrong = {
      fills: { ...bareRules, ambiguity: "subBars" as AmbiguityMode },
      finer: { NQ: finer([both, quiet]) },
    };
    expect(() => runScript(coarse, () => undefined, wrong)).toThrow(/SUBBAR_MISMATCH.*NQ\[2\]/);
  });

  test("an open that gapped decides without doubt", () => {
    const run = runScript(
      ready(series("NQ", [still, quiet, [94, 110, 90, 105]])),
      (bar, desk) => bar === 0 && desk.submit(bracketed),
    );
    expect(fillList(run)[1]).toEqual([2, -1, 94]);
    expect(run.account.trades.get(0, "flags")).toBe(0);
  });

  test("a protective stop comes before a new entry", () => {
    const run = runScript(ready(series("NQ", [still, quiet, [100, 101, 94, 95]])), (bar, desk) => {
      if (bar === 0) desk.submit({ ...long, bracket: { stop: 95 } });
      if (bar === 1) desk.submit({ ...long, type: { kind: "limit", price: 96 } });
    });
    expect(fillList(run).slice(1)).toEqual([
      [2, -1, 95],
      [2, 1, 96],
    ]);
  });
});

describe("a bracket on its entry bar", () => {
  test("an entry at the open has the whole bar after it", () => {
    const request: OrderRequest = { ...long, bracket: { stop: 95, target: 108 } };
    expect(after([request], [[100, 109, 99, 105]])).toEqual([
      [1, 1, 100],
      [1, -1, 108],
    ]);
    expect(after([request], [[100, 109, 99, 105], still], { bracketOnEntryBar: "nextBar" })).toEqual([
      [1, 1, 100],
    ]);
  });

  test("a stop entry proves its target when the stop-loss is out of range", () => {
    const request: OrderRequest = {
      ...long,
      type: { kind: "stop", price: 102 },
      bracket: { stop: 97, target: 105 },
    };
    expect(after([request], [[100, 106, 99, 104]])).toEqual([
      [1, 1, 102],
      [1, -1, 105],
    ]);
  });

  test("everything else waits for the next bar and is marked", () => {
    const stopEntry: OrderRequest = {
      ...long,
      type: { kind: "stop", price: 102 },
      bracket: { stop: 99.5, target: 105 },
    };
    const limitEntry: OrderRequest = {
      ...long,
      type: { kind: "limit", price: 99 },
      bracket: { stop: 97, target: 101 },
    };
    for (const request of [stopEntry, limitEntry]) {
      const run = runScript(
        ready(series("NQ", [still, [100, 106, 98, 104], [104, 104, 104, 104]])),
        (bar, desk) => {
          if (bar === 0) desk.submit(request);
          if (bar === 1) expect(desk.position()).toBe(1);
          if (bar === 1) desk.close();
        },
      );
      expect(run.account.trades.length).toBe(1);
      expect(run.account.trades.get(0, "flags")).toBe(1);
    }
  });

  test("an entry inside the bar whose children are out of range is not ambiguous", () => {
    const request: OrderRequest = {
      ...long,
      type: { kind: "limit", price: 99 },
      bracket: { stop: 90, target: 120 },
    };
    const run = runScript(
      ready(series("NQ", [still, [100, 106, 98, 104], [104, 104, 104, 104], still])),
      (bar, desk) => {
        if (bar === 0) desk.submit(request);
        if (bar === 1) desk.close();
      },
    );
    expect(run.account.trades.get(0, "flags")).toBe(0);
  });

  test("scale-outs close 50/30/20 percent and the stop keeps what is left", () => {
    const targets = [
      { price: 101, share: 0.5 },
      { price: 102, share: 0.3 },
      { price: 103, share: 0.2 },
    ];
    const left: number[] = [];
    const run = runScript(
      ready(series("NQ", [still, still, [100, 101, 100, 101], [101, 102, 101, 102], [102, 102, 90, 95]])),
      (bar, desk) => {
        if (bar === 0) desk.submit({ side: 1, size: 10, bracket: { stop: 95, target: targets } });
        left.push(desk.orders().find((order) => order.draft.role === "stop")?.remaining ?? 0);
      },
    );
    expect(left).toEqual([0, 10, 5, 2, 0]);
    expect(fillList(run).map(([, units]) => units)).toEqual([10, -5, -3, -2]);
    expect(run.desk.orders()).toEqual([]);
  });
});

describe("volume, time in force and parents", () => {
  test("what a bar cannot fill stays working; zero volume fills nothing", () => {
    const bars: readonly Prices[] = [
      [100, 100, 100, 100, 30],
      [101, 101, 101, 101, 0],
      [102, 102, 102, 102, 1000],
    ];
    expect(after([{ side: 1, size: 5 }], bars, { participationCap: 0.1 })).toEqual([
      [1, 3, 100],
      [3, 2, 102],
    ]);
  });

  test.each([
    { timeInForce: "IOC", fills: [[1, 3, 100]] },
    { timeInForce: "FOK", fills: [] },
  ] as const)("$timeInForce of 5 in a bar that offers 3", ({ timeInForce, fills }) => {
    const bars: readonly Prices[] = [[100, 100, 100, 100, 30], still];
    expect(after([{ side: 1, size: 5, timeInForce }], bars, { participationCap: 0.1 })).toEqual(fills);
  });

  test("orders that end without a fill keep the reason", () => {
    const sent: Order[] = [];
    const keep = (answer: ReturnType<Desk["submit"]>): void => {
      if (answer.ok) sent.push(answer.value);
    };
    runScript(
      ready(series("NQ", [still, [100, 100, 100, 100, 30], still, still])),
      (bar, desk) => {
        if (bar === 0) keep(desk.submit({ side: 1, size: 5, timeInForce: "FOK" }));
        if (bar === 0) desk.submit({ side: 1, size: 2 });
        if (bar !== 1) return;
        keep(desk.submit({ side: -1, size: 2, type: { kind: "stop", price: 90 }, reduceOnly: true }));
        desk.close();
      },
      { fills: { ...bareRules, participationCap: 0.1 } },
    );
    expect(sent.map((order) => [order.state, order.refusal])).toEqual([
      ["CLOSED", "FILL_OR_KILL"],
      ["CLOSED", "PARENT_CLOSED"],
    ]);
  });

  test("DAY ends with the session of its first bar, GTD at its time", () => {
    const source = series("NQ", [still, still, still, [100, 100, 90, 95], [95, 95, 90, 95]]);
    source.session[3] = 20_240_104;
    source.session[4] = 20_240_104;
    const limit = { kind: "limit", price: 95 } as const;
    const run = (request: OrderRequest): number =>
      fillList(runScript(ready(source), (bar, desk) => bar === 0 && desk.submit(request))).length;
    expect(run({ ...long, type: limit, timeInForce: "DAY" })).toBe(0);
    expect(run({ ...long, type: limit, timeInForce: "GTC" })).toBe(1);
    expect(run({ ...long, type: limit, timeInForce: "GTD", goodTillMs: source.t[2] ?? 0 })).toBe(0);
    expect(run({ ...long, type: limit, timeInForce: "GTD", goodTillMs: source.t[4] ?? 0 })).toBe(1);
  });

  test("path modes offer a quarter of the volume at each point and the rest at the close", () => {
    const bar: Prices = [100, 104, 96, 100, 10];
    const fills = after([{ side: 1, size: 9 }], [bar], { ambiguity: "fixed", participationCap: 1 });
    expect(fills).toEqual([
      [1, 2, 100],
      [1, 2, 104],
      [1, 2, 96],
      [1, 3, 100],
    ]);
  });

  test("13 lots by TWAP over 390 minutes: one each half hour, all filled, average price that of the schedule", () => {
    const bars = ready(
      series(
        "NQ",
        Array.from({ length: 400 }, (_, i) => [100 + i / 4, 100 + i / 4, 100 + i / 4, 100 + i / 4] as const),
        60_000,
      ),
    );
    const run = runScript(bars, (bar, desk) => {
      if (bar === 0)
        expect(desk.work({ side: 1, size: 13 }, { kind: "twap", seconds: 390 * 60, slices: 13 }).ok).toBe(
          true,
        );
    });
    const fills = fillList(run);
    expect(fills.map(([, units]) => units)).toEqual(Array.from({ length: 13 }, () => 1));
    expect(fills.map(([bar]) => bar)).toEqual(Array.from({ length: 13 }, (_, i) => 1 + 30 * i));
    expect(run.desk.state.parents).toEqual([]);
  });

  test("VWAP follows its curve, an iceberg shows a tenth at a time", () => {
    const bars = ready(
      series(
        "NQ",
        Array.from({ length: 30 }, () => [100, 101, 99, 100] as const),
      ),
    );
    const vwap = runScript(bars, (bar, desk) => {
      if (bar === 0) desk.work({ side: 1, size: 10 }, { kind: "vwap", seconds: 1200, curve: [1, 2, 3, 4] });
    });
    expect(fillList(vwap).map(([bar, units]) => [bar, units])).toEqual([
      [1, 1],
      [2, 2],
      [3, 3],
      [4, 4],
    ]);
    const shown: number[] = [];
    const iceberg = runScript(
      bars,
      (bar, desk) => {
        if (bar === 0)
          desk.work(
            { side: 1, size: 20, type: { kind: "limit", price: 99.5 } },
            { kind: "iceberg", displayShare: 0.1 },
          );
        shown.push(...desk.orders().map((order) => order.remaining));
      },
      { fills: uncapped },
    );
    expect(fillList(iceberg).map(([, units]) => units)).toEqual(Array.from({ length: 10 }, () => 2));
    expect(Math.max(0, ...shown)).toBeLessThanOrEqual(2);
  });

  test("slices that share one bar pay for their elder siblings, less the longer the schedule", () => {
    const impact = {
      y: 0.5,
      dailyVolatility: 0.0146,
      averageDailyVolume: 1000,
      decaySeconds: 300,
      permanent: 0,
    };
    const bars = ready(
      series(
        "NQ",
        Array.from({ length: 20 }, () => [20_000, 20_010, 19_990, 20_000] as const),
      ),
    );
    const paid = (seconds: number): number => {
      const run = runScript(
        bars,
        (bar, desk) => {
          if (bar === 0) desk.work({ side: 1, size: 10 }, { kind: "twap", seconds, slices: 10 });
        },
        { cost: { ...freeOfCosts, impact, maxAdverseTicks: 10_000 }, fills: uncapped },
      );
      return run.account.ledger.state.slippageMicroCents;
    };
    expect(paid(300)).toBeGreaterThan(paid(1500));
    expect(paid(1500)).toBeGreaterThan(0);
  });

  test("killed during a partial fill, the run ends flat with nothing working", () => {
    const bars = ready(series("NQ", [still, [100, 100, 100, 100, 30], still, still]));
    const run = runScript(
      bars,
      (bar, desk) => {
        if (bar === 0) desk.submit({ side: 1, size: 5, bracket: { stop: 90, target: 110 } });
        if (bar === 1) {
          expect([desk.position(), desk.orders().length]).toEqual([3, 3]);
          desk.flatten();
        }
      },
      { fills: { ...bareRules, participationCap: 0.1 } },
    );
    expect([run.desk.position(), run.desk.orders()]).toEqual([0, []]);
  });

  test("latency of two bars fills one bar later", () => {
    const bars: readonly Prices[] = [still, [101, 101, 101, 101], still];
    expect(after([long], bars, { latencyBars: 2 })).toEqual([[2, 1, 101]]);
  });
});
