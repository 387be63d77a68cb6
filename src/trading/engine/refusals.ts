/** @file Refusals as values: the reason, the rule behind it and what to do, for every code. */
import type { RefusalCode } from "../issues.ts";

/** An order that was not taken. */
export interface Refusal {
  readonly code: RefusalCode;
  readonly expected: string;
  readonly hint: string;
}

/** The refusal of a code. */
export function refusalFor(code: RefusalCode): Refusal {
  return { code, ...refusalTexts[code] };
}

const refusalTexts: { readonly [Code in RefusalCode]: Omit<Refusal, "code"> } = {
  BAD_INPUT: {
    expected: "finite numbers, whole units, stop and target on the right sides",
    hint: "Check the request.",
  },
  DUPLICATE: {
    expected: "no equal order within the duplicate window",
    hint: "Give a client id to repeat safely.",
  },
  FILL_OR_KILL: { expected: "the whole size in one bar", hint: "Ask for less, or use IOC." },
  INSUFFICIENT_MARGIN: { expected: "enough free margin", hint: "Trade fewer units." },
  KILL_SWITCH: { expected: "an unlocked account", hint: "Only reductions pass until the operator's reset." },
  MARKET_CLOSED: { expected: "an open market", hint: "Wait for the session." },
  OFF_TICK: { expected: "prices on the tick grid", hint: "Round with roundToTicks and say which way." },
  ORDER_VALUE: { expected: "notional within the limit", hint: "Trade fewer units." },
  PARENT_CLOSED: { expected: "an open position to protect", hint: "The position is gone." },
  POSITION_LIMIT: {
    expected: "size within the position limits",
    hint: "Working orders count as if they filled.",
  },
  PRICE_COLLAR: { expected: "a price near the last one", hint: "Check the price for a typing error." },
  SIZE_ABOVE_APPROVAL: { expected: "at most the approved size", hint: "Execution never enlarges." },
};
