/** @file The order state machine: the table of the specification, every other step refused, quantities kept. */
import { describe, expect, test } from "vitest";
import { Order, type OrderDraft } from "../../src/trading/orders/order.ts";
import { type OrderState, stepState, transitions } from "../../src/trading/orders/states.ts";

const states = Object.keys(transitions) as OrderState[];
const draft: OrderDraft = {
  clientId: "a",
  contract: 0,
  side: 1,
  terms: { kind: "market" },
  size: { kind: "units", units: 5 },
  role: "entry",
  timeInForce: "GTC",
  goodTillMs: Infinity,
  reduceOnly: false,
  reason: "signal",
  decisionBar: 0,
  arrivalTicks: 0,
  eligibleBar: 1,
  scheduleTicks: 0,
  parentId: 0,
};

describe("order states", () => {
  test("of 121 pairs exactly the 23 legal ones pass", () => {
    let legal = 0;
    for (const from of states) {
      for (const to of states) {
        if (transitions[from].includes(to)) {
          expect(stepState(from, to)).toBe(to);
          legal += 1;
        } else expect(() => stepState(from, to)).toThrow(`${from} -> ${to}`);
      }
    }
    expect([states.length, legal]).toEqual([11, 23]);
  });

  test("every state can be reached from CREATED", () => {
    const reached = new Set<OrderState>(["CREATED"]);
    for (const state of reached) for (const next of transitions[state]) reached.add(next);
    expect([...reached].sort()).toEqual([...states].sort());
  });

  test("a fill wins the race against a cancel, and a cancelled order keeps what it filled", () => {
    const order = new Order(1, draft);
    order.acknowledge();
    order.fill(2);
    order.step("CANCEL_PENDING");
    order.fill(1);
    expect([order.state, order.filled, order.remaining]).toEqual(["PARTIAL_FILL", 3, 2]);
    order.cancel(null);
    expect([order.state, order.filled]).toEqual(["CLOSED", 3]);
    expect(() => order.fill(1)).toThrow(/ILLEGAL_TRANSITION/);
  });

  test("a rejected order names its reason", () => {
    const order = new Order(1, draft);
    order.reject("KILL_SWITCH");
    expect([order.state, order.refusal, order.working]).toEqual(["CLOSED", "KILL_SWITCH", false]);
  });
});
