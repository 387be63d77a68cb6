/** @file The streaming strategic market: equal to the batch columns bar by bar, growing, and one writer for every reader. */
import { expect, test } from "vitest";
import { Bar, readBar } from "../../../src/features/indicator/bar.ts";
import { contractSpec } from "../../../src/market/instruments.ts";
import { createVectorEnv } from "../../../src/marl/vector/vector-env.ts";
import { createStrategicEnvironment } from "../../../src/stages/strategic/environment.ts";
import { StrategicFeed, windowColumns } from "../../../src/stages/strategic/feed.ts";
import { strategicMarket } from "../../../src/stages/strategic/market.ts";
import { StrategicView } from "../../../src/stages/strategic/observation.kernel.ts";
import { observationSize, type RoleMasking } from "../../../src/stages/strategic/observation.ts";
import type { StrategicKernel } from "../../../src/stages/strategic/strategic.kernel.ts";
import { perturbed, smallMarket, troubled } from "../small-market.ts";

const bars = troubled(smallMarket(), 200, 300);
const spec = contractSpec("NQ");
const features = { warmUp: 60 };
const batch = strategicMarket(bars, spec, features);

function streamed(series: typeof bars, until: number): StrategicFeed {
  // Room for seven bars: the arrays grow several times.
  const feed = new StrategicFeed(spec, features, 7);
  const bar = new Bar();
  for (let i = 0; i < until; i += 1) expect(feed.append(readBar(series, i, bar))).toBe(i);
  return feed;
}

test("entries are those of the batch columns, whatever comes later", () => {
  const until = 350;
  const feed = streamed(perturbed(bars, until - 1), until);
  expect(feed.length).toBe(until);
  for (const [name, column] of Object.entries(feed.columns)) {
    const width = name === "rows" ? windowColumns : 1;
    const expected = batch[name as keyof typeof feed.columns].subarray(0, until * width);
    expect(column.subarray(0, until * width), name).toEqual(expected);
  }
  expect(batch.volatility.some((sigma) => sigma > 0)).toBe(true);
});

test.each(["soft", "hard", "off"] satisfies RoleMasking[])(
  "%s masking: a live view writes what the environment observes",
  (roleMasking) => {
    const options = { mode: "eval", features, roleMasking } as const;
    const definition = createStrategicEnvironment(bars, options);
    let kernel: StrategicKernel | undefined;
    const create = (...args: Parameters<typeof definition.create>): StrategicKernel =>
      (kernel = definition.create(...args) as StrategicKernel);
    const env = createVectorEnv({ ...definition, create }, { copies: 1, horizon: 20 });
    env.reset({ seed: 1 });
    env.beginRollout();
    const view = new StrategicView(streamed(bars, bars.length).columns, spec, { roleMasking });
    const found = new Float32Array(4 * observationSize);
    for (let t = 0; t < 20; t += 1) {
      const { accounts, exposure } = kernel!;
      const position = {
        exposure: exposure[0]!,
        unrealisedUsd: accounts.unrealisedUsd(0),
        barsHeld: accounts.barsHeld(0),
        drawdown: accounts.drawdown(0),
      };
      view.writeTeam(accounts.at(0), position, found, 0);
      const at = t * found.length;
      expect(found).toEqual(env.slabs.groups[0]!.observations.slice(at, at + found.length));
      env.actions[0]!.discrete.fill(t % 5);
      env.step(t);
    }
    env.close();
  },
);
