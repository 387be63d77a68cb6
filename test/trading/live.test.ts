/** @file Paper trading of a stored stream, bar by bar, gives the back-test byte for byte. */
import { describe, expect, test } from "vitest";
import * as breakout from "../../examples/strategies/breakout.ts";
import { exampleSeries } from "../../examples/strategies/data.ts";
import * as fade from "../../examples/strategies/fade.ts";
import { sliceBars } from "../../src/market/bars.ts";
import { sha256 } from "../../src/runtime/hash.adapter.ts";
import { contractOf } from "../../src/trading/contract.ts";
import { backtest, resultOf } from "../../src/trading/engine/backtest.ts";
import { Engine } from "../../src/trading/engine/engine.ts";
import { LiveSeries, playLive } from "../../src/trading/engine/live.ts";
import { configureRun } from "../../src/trading/engine/setup.ts";
import { chainedJournal } from "../../src/trading/journal.ts";
import { digest, nq } from "./support.ts";

const barCount = 600;

describe("live = back-test", () => {
  test.each([
    { name: "running state", module: breakout },
    { name: "feature columns", module: fade },
  ])("$name", async ({ module }) => {
    const { strategy } = module;
    const [all] = await exampleSeries("nq-5m", "");
    if (all === undefined) throw new Error("no example bars");
    const stored = sliceBars(all, 0, barCount);
    const journals: string[][] = [[], []];
    const journal = (i: number): ReturnType<typeof chainedJournal> =>
      chainedJournal(sha256, (line) => journals[i]?.push(line));
    const expected = backtest({ ...configureRun(strategy, module.setup, [stored]), journal: journal(0) });

    const live = new LiveSeries({ ...stored, symbol: "NQ" }, contractOf(nq), barCount, module.setup.gates);
    const config = configureRun(strategy, module.setup, [stored]);
    const engine = new Engine({ ...config, series: [live.bars], journal: journal(1) });
    for (let i = 0; i < barCount; i += 1) {
      const { t, o, h, l, c, v, flags, session, segment } = stored;
      live.append({
        t: t[i] ?? 0,
        o: o[i] ?? 0,
        h: h[i] ?? 0,
        l: l[i] ?? 0,
        c: c[i] ?? 0,
        v: v[i] ?? 0,
        flags: flags[i] ?? 0,
        session: session[i] ?? 0,
        segment: segment[i] ?? 0,
      });
      playLive(engine);
    }
    const result = resultOf(engine);
    expect(result.fills.length).toBeGreaterThan(20);
    expect(digest(result)).toBe(digest(expected));
    expect(journals[1]).toEqual(journals[0]);
  });

  test("a bar that comes twice is refused", () => {
    const header = { symbol: "NQ", intervalMs: 300_000, dataSource: "real", fileHash: "" } as const;
    const live = new LiveSeries(header, contractOf(nq), 10);
    const bar = { t: 0, o: 1, h: 1, l: 1, c: 1, v: 1, flags: 0, session: 1, segment: 0 };
    live.append(bar);
    expect(() => live.append(bar)).toThrow(/DATA_UNSORTED.*NQ\[1\]/);
  });
});
