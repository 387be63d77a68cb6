/** @file The tactical market: streaming = batch, causal, equal to the feature room; contexts by age; ranges of all that is seen. */
import { describe, expect, it } from "vitest";
import { sliceBars } from "../../../src/market/bars.ts";
import { contractSpec } from "../../../src/market/instruments.ts";
import { sessionCalendar } from "../../../src/market/session.ts";
import { atr } from "../../../src/features/basic/range.ts";
import { compute } from "../../../src/features/indicator/batch.ts";
import { matrixRows } from "../../../src/features/matrix/feature-matrix.ts";
import { fvg7 } from "../../../src/features/matrix/fvg7.ts";
import { tactical7 } from "../../../src/features/matrix/tactical7.ts";
import { Generator } from "../../../src/runtime/random/generator.ts";
import { keyFromSeed } from "../../../src/runtime/random/key.ts";
import { writeNeutralContext } from "../../../src/stages/messages/context-vector.ts";
import { seal } from "../../../src/stages/messages/seal-context.ts";
import { joinContexts } from "../../../src/stages/tactical/contexts.ts";
import { TacticalFeed, tacticalMarket } from "../../../src/stages/tactical/feed.ts";
import type { TacticalMarket } from "../../../src/stages/tactical/market.ts";
import { tacticalColumns, tacticalStateColumns } from "../../../src/stages/tactical/networks/observation.ts";
import { writeTacticalObservation, writeTacticalState } from "../../../src/stages/tactical/observation.ts";
import { content } from "../messages/sample-context.ts";
import { perturbed, troubled } from "../small-market.ts";
import { feed, fiveMinutes, HOLD, messagesOver, tacticalEnvironment, Team } from "./team.ts";

const bars = troubled(fiveMinutes(), 500, 700);
const nq = contractSpec("NQ");
const market = tacticalMarket(bars, nq, feed);

function columnsOf(of: TacticalMarket, n: number): readonly (readonly number[])[] {
  return [
    [...of.rows.subarray(0, 7 * n)],
    [...of.ready.subarray(0, n)],
    [...of.atr.subarray(0, n)],
    [...of.sigma.subarray(0, n)],
    [...of.gaps.subarray(0, 10 * n)],
    [...of.lvn.subarray(0, 5 * n)],
    [...of.hour.subarray(0, 2 * n)],
    [...of.sessionProgress.subarray(0, n)],
  ];
}

describe("columns", () => {
  it("are the same bits bar by bar from little room, each bar told twice", () => {
    const stream = new TacticalFeed(nq, { ...feed, capacity: 3 });
    for (let i = 0; i < bars.length; i += 1) {
      expect(stream.appendFrom(bars, i)).toBe(i);
      expect(stream.appendFrom(bars, i)).toBe(i);
    }
    expect(stream.market.length).toBe(bars.length);
    expect(columnsOf(stream.market, bars.length)).toEqual(columnsOf(market, bars.length));
  });

  it("do not depend on later bars", () => {
    for (const last of [250, 499, 699, 900]) {
      const other = tacticalMarket(perturbed(bars, last), nq, feed);
      expect(columnsOf(other, last + 1)).toEqual(columnsOf(market, last + 1));
      const short = tacticalMarket(sliceBars(bars, 0, last + 1), nq, feed);
      expect(columnsOf(short, last + 1)).toEqual(columnsOf(market, last + 1));
    }
  });

  it("are the rows of the schema, the ATR of the range and a window that is whole", () => {
    for (const schema of ["tactical-7", "fvg-7"] as const) {
      const recipe = schema === "fvg-7" ? fvg7 : tactical7;
      const rows = compute(matrixRows(recipe({ tick: 0.25, warmUp: 120 })), bars);
      const own = tacticalMarket(bars, nq, { ...feed, schema });
      expect([...own.rows]).toEqual([...rows.values].map((x) => Math.fround(x)));
    }
    const ranges = compute(atr(14), bars);
    for (let t = 20; t < bars.length; t += 1) expect(market.atr[t]).toBe(Math.max(0.25, ranges.values[t]!));
    expect(market.ready.indexOf(1)).toBe(120 + 59);
    // Masked bars are not ready, nor is any window that holds one.
    for (let t = 700; t < 720 + 59; t += 1) expect(market.ready[t]).toBe(0);
    expect(market.ready[720 + 59]).toBe(1);
  });
});

describe("contexts", () => {
  const calendar = sessionCalendar("cme-equity");
  const quiet = fiveMinutes({ sessions: 2 });
  const sigma = new Float64Array(quiet.length).fill(0.0005);
  /** A close in the middle of a session. */
  const at = 120;
  const close = quiet.t[at]! + quiet.intervalMs;
  const one = seal({ ...content, synergy: undefined, barOpen: close - 1_800_000, barClose: close });
  const columns = joinContexts(quiet, [one], sigma, calendar);
  const neutral = new Float32Array(28);
  writeNeutralContext(neutral);
  const vector = (t: number): Float32Array => columns.vectors.slice(28 * t, 28 * t + 28);

  it.each([
    [0, 1],
    [1, 0.951229],
    [6, 0.740818],
    [12, 0.548812],
  ])("of age %d weigh %d", (age, weight) => {
    expect(vector(at + age)[0]! / content.bias.bull).toBeCloseTo(weight, 5);
    expect([columns.stale[at + age], columns.message[at + age]]).toEqual([0, 1]);
  });

  it("are unknown before their close and after an hour", () => {
    for (const t of [at - 1, at + 13]) {
      expect(vector(t)).toEqual(neutral);
      expect([columns.stale[t], columns.message[t], columns.riskBudget[t]]).toEqual([1, 0, 0.5]);
    }
  });

  it("join the newest message whose bar has closed, and nothing over the daily halt", () => {
    const messages = messagesOver(quiet, (seq) => ({ riskBudget: (seq % 10) / 10 }));
    const joined = joinContexts(quiet, messages, sigma, calendar);
    for (let t = 6; t < quiet.length; t += 1) {
      const now = quiet.t[t]! + quiet.intervalMs;
      const newest = messages.findLast((message) => message.validFrom <= now);
      const known = joined.message[t]!;
      if (known > 0) expect(joined.riskBudget[t]).toBe(newest?.riskBudget);
      else expect(quiet.session[t]).not.toBe(quiet.session[t - 6]);
    }
    const first = quiet.session.indexOf(quiet.session.at(-1)!);
    expect([...joined.message.subarray(first, first + 6)].slice(0, 5)).toEqual([0, 0, 0, 0, 0]);
    expect(joined.message[first + 5]).toBeGreaterThan(0);
  });
});

describe("observations", () => {
  const contexts = messagesOver(bars, (seq) => ({ volatilityForecast: 0.0001 * (1 + (seq % 40)) }));

  it("stand in their columns and in range, with roles and masks, over a random walk", () => {
    const team = new Team(tacticalEnvironment(bars, { contexts, mode: "eval", maxSteps: 300 }));
    const draws = Generator.fromKey(keyFromSeed(2));
    for (let over = false; !over;) {
      const rows = team.observations;
      expect(rows.every((x) => x >= -1 && x <= 1)).toBe(true);
      const first = rows.subarray(0, tacticalColumns.role.start);
      for (let agent = 0; agent < 3; agent += 1) {
        const row = rows.subarray(472 * agent, 472 * agent + 472);
        expect(row.slice(0, tacticalColumns.role.start)).toEqual(first.slice());
        expect([...row.subarray(464, 467)]).toEqual([0, 1, 2].map((role) => (role === agent ? 1 : 0)));
        expect([...row.subarray(467, 472)]).toEqual(team.mask);
      }
      const { start } = tacticalColumns.matrix;
      const t = team.bar;
      expect(rows.slice(start, 420)).toEqual(market.rows.slice(7 * (t - 59), 7 * (t + 1)));
      expect(rows.slice(448, 458)).toEqual(market.gaps.slice(10 * t, 10 * t + 10));
      expect(rows[458]).toBe(Math.fround(team.contracts / 4));
      ({ over } = team.step(draws.below(5)));
    }
  });

  it("show the critic the same market, the structure embedding and the account", () => {
    const team = new Team(tacticalEnvironment(bars, { contexts, mode: "eval", maxSteps: 300 }));
    team.step(HOLD);
    const state = team.vector.slabs.state.slice(554);
    const rows = team.observations;
    const part = (name: keyof typeof tacticalStateColumns): Float32Array =>
      state.slice(tacticalStateColumns[name].start, tacticalStateColumns[name].end);
    expect([...part("structure").subarray(0, 3)]).toEqual([0.5, -0.5, 0]);
    expect(part("matrix")).toEqual(rows.slice(0, 420));
    expect(part("context")).toEqual(rows.slice(420, 448));
    expect(part("local")).toEqual(rows.slice(448, 464));
    expect(part("legal")).toEqual(rows.slice(467, 472));
    expect(part("lvn")).toEqual(market.lvn.slice(5 * team.bar, 5 * team.bar + 5));
    expect([...part("account")]).toEqual(
      [0, 0, 299 / 300, market.sessionProgress[team.bar]!].map((x) => Math.fround(x)),
    );
    expect(part("monteCarlo").every((x) => x === 0)).toBe(true);
  });

  it("can be written for any bar, rows before the first as zeros", () => {
    const position = {
      exposure: 0,
      maxContracts: 4,
      unrealisedUsd: 0,
      barsHeld: 0,
      drawdown: 0,
      tradable: true,
    };
    const out = new Float32Array(3 * 472).fill(9);
    const context = new Float32Array(28);
    writeTacticalObservation(market, 10, position, context, 0, out);
    expect(out.slice(49 * 7, 420)).toEqual(market.rows.slice(0, 77));
    expect(out.subarray(0, 49 * 7).every((x) => x === 0)).toBe(true);
    expect(out.includes(9)).toBe(false);
    const state = new Float32Array(554).fill(9);
    const view = { structure: [], return: 0.1, stepsLeft: 1 };
    writeTacticalState(market, 10, position, view, context, 0, state);
    expect(state.includes(9)).toBe(false);
  });

  it("have the width of their spaces", () => {
    const { layouts, stateFeatures } = new Team(tacticalEnvironment(bars)).vector;
    expect([layouts[0]?.features, layouts[0]?.mask, stateFeatures]).toEqual([472, 5, 554]);
  });
});
