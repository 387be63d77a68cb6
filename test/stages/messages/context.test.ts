/** @file Strategic messages: as-of join, staleness over sessions, the 28 numbers, the seal, the prior. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sessionCalendar } from "../../../src/market/session.ts";
import { ContextBuffer } from "../../../src/stages/messages/context-buffer.ts";
import { writeContext, writeNeutralContext } from "../../../src/stages/messages/context-vector.ts";
import {
  integrateStrategicContext,
  receiveStrategicSignal,
} from "../../../src/stages/messages/integrate-context.ts";
import { priorSignal } from "../../../src/stages/messages/logit-prior.ts";
import { readStrategicContext } from "../../../src/stages/messages/seal-context.ts";
import { ageInBars, crossesHalt, stalenessWeight } from "../../../src/stages/messages/staleness.ts";
import { content, halfPastTen, minute, sampleContext } from "./sample-context.ts";

const futures = sessionCalendar("cme-equity");
const neutral = Float32Array.of(
  1 / 3,
  1 / 3,
  1 / 3,
  0,
  0,
  0,
  ...Array.from({ length: 8 }, () => 1 / 8),
  ...Array.from({ length: 9 }, () => 0),
  0.5,
  0,
  1,
  1,
  1,
);
const sigma = 0.0008;

describe("staleness", () => {
  it.each([
    [0, 1],
    [1, 0.951229],
    [6, 0.740818],
    [12, 0.548812],
    [13, 0],
  ])("%d bars weigh %d", (age, weight) => expect(stalenessWeight(age)).toBeCloseTo(weight, 6));

  it("counts open minutes only", () => {
    const close = Date.UTC(2024, 11, 10, 22, 0); // 17:00, the end of the session
    expect(ageInBars(close - 10 * minute, close + 70 * minute, futures)).toBe(4);
    const friday = Date.UTC(2024, 11, 13, 22, 0);
    expect(ageInBars(friday - 5 * minute, friday + 49 * 60 * minute + 5 * minute, futures)).toBe(2);
    // Until June 2021 equity futures paused from 16:15 to 16:30.
    const pause = Date.UTC(2020, 5, 10, 20, 15);
    expect(ageInBars(pause - 5 * minute, pause + 20 * minute, futures)).toBe(2);
  });

  it("does not carry a belief over the daily halt, nor end one at a midnight without halt", () => {
    const close = Date.UTC(2024, 11, 10, 22, 0);
    expect(crossesHalt(close - 30 * minute, close, futures)).toBe(false);
    expect(crossesHalt(close, close + 65 * minute, futures)).toBe(true);
    expect(crossesHalt(close + 90 * minute, close + 95 * minute, futures)).toBe(false);
    const midnight = Date.UTC(2024, 11, 11);
    expect(crossesHalt(midnight - 30 * minute, midnight + 5 * minute, sessionCalendar("always-open"))).toBe(
      false,
    );
  });
});

describe("as-of join", () => {
  it("never returns a message of a bar that has not closed, and always the newest that has", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 9 }),
        fc.nat(400),
        (steps, later) => {
          const buffer = new ContextBuffer();
          const closes: number[] = [];
          let close = halfPastTen;
          for (const [seq, step] of steps.entries()) {
            close += step * 30 * minute;
            closes.push(close);
            buffer.receive(sampleContext({ seq, barOpen: close - 30 * minute, barClose: close }));
          }
          const now = halfPastTen + later * minute;
          expect(buffer.asOf(now)?.barClose).toBe(closes.findLast((one) => one <= now));
        },
      ),
    );
  });

  it("ignores duplicates and older messages, counts missing ones, and keeps ten", () => {
    const buffer = new ContextBuffer();
    expect(buffer.receive(sampleContext({ seq: 3 }))).toBe("taken");
    expect(buffer.receive(sampleContext({ seq: 3 }))).toBe("duplicate");
    expect(buffer.receive(sampleContext({ seq: 2 }))).toBe("outdated");
    expect([buffer.receive(sampleContext({ seq: 6 })), buffer.missing]).toEqual(["taken", 2]);
    for (let seq = 7; seq <= 16; seq += 1) {
      const barClose = halfPastTen + seq * minute;
      buffer.receive(sampleContext({ seq, barClose }));
    }
    expect(buffer.asOf(halfPastTen)).toBeUndefined();
    expect(buffer.asOf(halfPastTen + 8 * minute)?.seq).toBe(8);
  });

  it("is neutral before the first message, after an hour, and across the halt", () => {
    const buffer = new ContextBuffer();
    const vectorAt = (now: number): Float32Array => {
      const out = new Float32Array(28);
      integrateStrategicContext(receiveStrategicSignal(buffer, now, futures), sigma, out);
      return out;
    };
    expect(vectorAt(halfPastTen)).toEqual(neutral);
    buffer.receive(sampleContext());
    expect(receiveStrategicSignal(buffer, halfPastTen - 1, futures).context).toBeUndefined();
    expect(vectorAt(halfPastTen + 60 * minute)[27]).toBe(0);
    expect(vectorAt(halfPastTen + 65 * minute)).toEqual(neutral);
    const close = Date.UTC(2024, 11, 10, 22, 0);
    buffer.receive(sampleContext({ seq: 8, barOpen: close - 30 * minute, barClose: close }));
    expect(receiveStrategicSignal(buffer, close, futures)).toMatchObject({ weight: 1, ageBars: 0 });
    expect(vectorAt(close + 65 * minute)).toEqual(neutral);
  });
});

describe("the 28 numbers", () => {
  it("stand at their places", () => {
    const out = new Float32Array(30).fill(9);
    writeContext(sampleContext(), 6, sigma, out, 1);
    const w = Math.exp(-0.3);
    const volatility = Math.log(0.002 / (sigma * Math.sqrt(6))) / 2;
    const expected = [
      0.7 * w,
      0.2 * w,
      0.1 * w,
      0.6 * w,
      0.8,
      0.1 / Math.log(5),
      ...content.regime,
      volatility,
      0,
      0,
      1,
      0,
      -1,
      0.4,
      12 / 60,
      0.5 * w,
      0.9,
      0.25,
      1.5 / Math.log(8),
      0.5,
      0,
    ];
    expect(out).toEqual(Float32Array.of(9, ...expected, 9));
  });

  it("of nothing known are exact", () => {
    const out = new Float32Array(28).fill(7);
    writeNeutralContext(out);
    expect(out).toEqual(neutral);
  });

  it("stay within [-1, 1]", () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    const forecast = fc.double({ min: 0, max: 10, noNaN: true });
    fc.assert(
      fc.property(share, share, forecast, forecast, fc.nat(13), (bull, x, volatilityForecast, sd, age) => {
        const bias = { bull, neutral: 0, bear: 1 - bull };
        const uncertainty = { epistemic: x * Math.log(5), total: Math.log(5), agreement: x };
        const message = sampleContext({ bias, uncertainty, volatilityForecast, stateEntropy: Math.log(8) });
        const out = new Float32Array(28);
        writeContext(message, age, sd, out);
        expect(out.every((value) => value >= -1 && value <= 1)).toBe(true);
      }),
    );
  });
});

describe("seal", () => {
  it("survives another process and betrays a change", () => {
    const message = sampleContext();
    const text = JSON.stringify(message);
    expect(readStrategicContext(JSON.parse(text))).toEqual(message);
    const unsynergised = sampleContext({ synergy: undefined });
    expect(readStrategicContext(JSON.parse(JSON.stringify(unsynergised)))?.hash).toBe(unsynergised.hash);
    const raised = text.replace('"targetExposure":0.5', '"targetExposure":0.75');
    expect(raised).not.toBe(text);
    expect(readStrategicContext(JSON.parse(raised))).toBeUndefined();
    expect(readStrategicContext({ ...message, version: 2 })).toBeUndefined();
    expect(readStrategicContext("context")).toBeUndefined();
  });

  it("is valid from its close for an hour and cannot be written to", () => {
    const message = sampleContext();
    expect(message).toMatchObject({ validFrom: halfPastTen, expiresAt: halfPastTen + 60 * minute });
    expect(() => Reflect.set(message.bias, "bull", 1)).not.toThrow();
    expect(message.bias.bull).toBe(0.7);
  });

  it.each([
    { bias: { bull: 0.9, neutral: 0.2, bear: 0.1 } },
    { regime: [1] },
    { targetExposure: 1.1 },
    { barClose: content.barOpen },
  ])("refuses %j", (change) => expect(() => sampleContext(change)).toThrow());
});

describe("prior", () => {
  it.each([0, 3, 12])("at age %d is w confidence (bull - bear)", (age) => {
    const out = new Float32Array(28);
    writeContext(sampleContext(), age, sigma, out);
    expect(priorSignal(out)).toBeCloseTo(Math.exp(-0.05 * age) * 0.6 * (0.7 - 0.1), 6);
  });

  it("of the neutral vector is nothing", () => expect(priorSignal(neutral)).toBe(0));
});
