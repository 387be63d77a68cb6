/** @file Costs x0, x1, x2: the same orders where they lead to the same positions, and a run made anew where they do not. */
import { expect, test } from "vitest";
import { sweepCosts } from "../../src/pipeline/run/cost-sweep.ts";
import { runPipeline } from "../../src/pipeline/run/pipeline.ts";
import { freeOfCosts } from "../../src/trading/costs/cost-model.ts";
import { digest } from "../trading/support.ts";
import { diceConfig } from "./support.ts";

test("the same decisions at other costs differ by their costs alone", async () => {
  const config = diceConfig(3, 3);
  const {
    reference,
    runs: [free, once, twice],
  } = await sweepCosts(config);
  expect([free?.decisions, once?.decisions, twice?.decisions]).toEqual(["same", "same", "same"]);
  const fills = once?.backtest.fills;
  expect(fills?.length).toBeGreaterThan(10);
  for (const run of [free, twice]) {
    expect(run?.backtest.fills.units).toEqual(fills?.units);
    expect(run?.backtest.fills.bar).toEqual(fills?.bar);
    expect(run?.backtest.equity.position).toEqual(once?.backtest.equity.position);
  }
  expect(free?.backtest.totals.costsUsd).toBe(0);
  expect(twice?.backtest.totals.feesUsd).toBe(2 * (once?.backtest.totals.feesUsd ?? 0));
  expect(free?.backtest.totals.finalUsd).toBeGreaterThan(once?.backtest.totals.finalUsd ?? 0);
  expect(once?.backtest.totals.finalUsd).toBeGreaterThan(twice?.backtest.totals.finalUsd ?? 0);
  expect(once?.backtest).toBe(reference.backtest);
  // What the sweep calls the run at 1 is the run.
  expect(digest(once!.backtest)).toBe(digest((await runPipeline(config)).backtest));
});

test("costs that ruin the account are decided anew, and say so", async () => {
  const costs = { ...freeOfCosts, commission: { kind: "perUnit", usd: 30 } } as const;
  const { runs } = await sweepCosts({ ...diceConfig(3, 3), costs, initialUsd: 400_000 }, [500]);
  expect(runs[0]?.decisions).toBe("anew");
});
