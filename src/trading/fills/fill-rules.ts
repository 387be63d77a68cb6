/**
 * @file The assumptions under which orders meet bars, as one object; `docs/trading.md` explains each.
 * `exchange` is the default for training, back-tests and paper trading; `reference` reproduces public results and is
 * refused by training and paper trading, because touch fills without costs flatter every strategy.
 */
import { tradingError } from "../issues.ts";
import { gate, volumeBudget } from "./fill-law.kernel.ts";

/** Named set of rules. */
export type FillProfile = "exchange" | "reference";

/**
 * What is assumed about the order of prices inside a bar.
 * `pessimistic`: stops before targets before entries. `fixed`: open, high, low, close. `adaptive`: the extreme nearer
 * to the open first. `subBars`: finer bars of the same instrument are walked instead.
 */
export type AmbiguityMode = "pessimistic" | "fixed" | "adaptive" | "subBars";

/** Rules of the fill simulator. */
export interface FillRules {
  readonly profile: FillProfile;
  /** Bars between decision and first possible fill, at least 1. */
  readonly latencyBars: number;
  /** Share of a bar's volume that all orders of the run may fill together; 1e9 and more means no cap. */
  readonly participationCap: number;
  /** Ticks by which a bar must trade through a limit; 0 is a touch fill, marked OPTIMISTIC. */
  readonly throughTicks: number;
  readonly ambiguity: AmbiguityMode;
  /** Brackets on their entry bar: only prices provably after the entry, or none before the next bar (flagged). */
  readonly bracketOnEntryBar: "provable" | "nextBar";
  /** Market orders fill at the close of the deciding bar: `reference` only, marked OPTIMISTIC. */
  readonly tradeOnClose: boolean;
  /** Carry positions through a roll as two real trades, old contract closed and new one opened; else they end there. */
  readonly holdThroughRolls: boolean;
  /** Share of the recorded volume that is believed to be there; 1, or 0.3 under stress. */
  readonly volumeShare: number;
  /** Every n-th bar has no data and no fills (stress); 0 means never. */
  readonly outageEveryBars: number;
  /**
   * Draws the slippage of each fill instead of taking its mean: exponential around it, keyed by (seed, order, bar), so that
   * code that is not concerned never changes a draw. Left out, the mean is paid. Event engine only.
   */
  readonly stochasticCosts?: { readonly seed: number };
  /** A new entry first cancels what works on its contract and closes what is held. Event engine only. */
  readonly exclusiveOrders?: boolean;
}

const exchange: FillRules = {
  profile: "exchange",
  latencyBars: 1,
  participationCap: 0.1,
  throughTicks: 1,
  ambiguity: "pessimistic",
  bracketOnEntryBar: "provable",
  tradeOnClose: false,
  holdThroughRolls: false,
  volumeShare: 1,
  outageEveryBars: 0,
};

/** Rules of a profile. */
export const fillProfiles: Readonly<Record<FillProfile, FillRules>> = {
  exchange,
  reference: { ...exchange, profile: "reference", participationCap: 1e9, throughTicks: 0 },
};

/** The rules under stress: less volume and a recurring bar without data; costs are scaled in the cost model. */
export function stressedFills(rules: FillRules): FillRules {
  return { ...rules, volumeShare: 0.3, outageEveryBars: 46 };
}

/**
 * The rules, if they can be honoured.
 * @throws GrandModelError `LATENCY_INVALID` below one bar, `PROFILE_REFUSED` for same-close fills outside `reference`.
 */
export function checkedFillRules(rules: FillRules): FillRules {
  if (!Number.isInteger(rules.latencyBars) || rules.latencyBars < 1) {
    throw tradingError({
      code: "LATENCY_INVALID",
      path: "fills.latencyBars",
      value: rules.latencyBars,
      expected: "a whole number of bars, at least 1",
      hint: "A decision at the close of bar t can fill at the open of t+1 at the earliest.",
    });
  }
  if (rules.tradeOnClose && rules.profile !== "reference") {
    throw tradingError({
      code: "PROFILE_REFUSED",
      path: "fills.tradeOnClose",
      value: true,
      expected: "tradeOnClose only with the reference profile",
      hint: "Use fillProfiles.exchange for training and paper trading, or profile: reference to reproduce a public result.",
    });
  }
  return rules;
}

/**
 * The rules, for a path without orders of its own.
 * @throws GrandModelError `PROFILE_REFUSED` for rules that only orders can follow, and what `checkedFillRules` throws
 */
export function orderlessFillRules(rules: FillRules): FillRules {
  const name = rules.stochasticCosts === undefined ? "exclusiveOrders" : "stochasticCosts";
  if (rules.stochasticCosts === undefined && rules.exclusiveOrders !== true) return checkedFillRules(rules);
  throw tradingError({
    code: "PROFILE_REFUSED",
    path: `fills.${name}`,
    value: "set",
    expected: "rules that need no orders",
    hint: "The vectorised path and the batch environments know positions only: use the event engine.",
  });
}

/** Gates of bar `t` under the rules: an outage closes it. */
export function gatesUnder(rules: FillRules, gates: Uint8Array, t: number): number {
  const every = rules.outageEveryBars;
  const own = gates[t] ?? 0;
  return every > 0 && t % every === every - 1 ? own | gate.noFill : own;
}

/** Units that a bar of this volume lets all orders fill together. */
export function budgetUnder(rules: FillRules, volume: number): number {
  return volumeBudget(volume, rules.volumeShare, rules.participationCap);
}
