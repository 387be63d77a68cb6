/**
 * @file The trades of a run as decisions see them: which decision opened what, what each entry has earned in units of
 * the risk it took, how many entries and losses the session has had. Reads the fills and trades that the ledger has
 * booked since the last look; the ledger's first-in-first-out order is followed lot by lot.
 * Invariant: lots here are the lots of the ledger, so their units sum to its position.
 */
import type { TradeOutcome } from "../../stages/risk/portfolio.ts";
import type { Sleeve } from "../../stages/messages/trade-qualified.ts";
import type { Account } from "../../trading/account.ts";
import { fillReasons } from "../../trading/result.ts";

/** What is remembered of an entry order. */
export interface EntryPlan {
  readonly decisionId: string;
  readonly sleeve: Sleeve;
  /** Loss of one unit at the planned stop, costs included, USD. */
  readonly riskPerUnitUsd: number;
  /** Planned stop, points. */
  readonly stop: number;
  /** Bars of the deciding series after which the position is closed. */
  readonly maxHoldBars: number;
  readonly trailing: { readonly activationR: number; readonly distancePts: number } | null;
}

/** Units that one fill opened and that are not yet closed. */
export interface OpenLot {
  readonly plan: EntryPlan;
  /** Number of the order that opened it; 0 for a forced fill. */
  readonly order: number;
  readonly entryTicks: number;
  readonly entryBar: number;
  /** Best closed price since entry. */
  bestTicks: number;
  /** Signed. */
  units: number;
  /** Units that the fill opened. */
  readonly opened: number;
  netMicroCents: number;
}

/** One fill since the last look. */
export interface SeenFill {
  readonly ms: number;
  /** Signed. */
  readonly units: number;
  readonly ticks: number;
  readonly slippageTicks: number;
  readonly reason: string;
}

/** Everything that the book remembers; plain data. */
export interface TradeBookState {
  fills: number;
  trades: number;
  position: number;
  lots: OpenLot[];
  /** Plans of orders that may still fill, by order id. */
  plans: Map<number, EntryPlan>;
  /** The newest 100, oldest first. */
  outcomes: TradeOutcome[];
  session: number;
  entriesToday: number;
  /** Losses in a row in this session: one that counted for ever would never let a winner come. */
  lossesInRow: number;
  lastLossMs: number | null;
}

const outcomesKept = 100;
const microCentsPerUsd = 1e8;

/** A forced fill that opens (a roll carried through) has no decision of its own. */
const carried: EntryPlan = Object.freeze({
  decisionId: "",
  sleeve: "NONE",
  riskPerUnitUsd: 0,
  stop: 0,
  maxHoldBars: Infinity,
  trailing: null,
});

/** A book without trades of its own. @param outcomes what is known of earlier trades, oldest first */
export function emptyTradeBook(outcomes: readonly TradeOutcome[] = []): TradeBookState {
  return {
    fills: 0,
    trades: 0,
    position: 0,
    lots: [],
    plans: new Map(),
    outcomes: outcomes.slice(-outcomesKept),
    session: 0,
    entriesToday: 0,
    lossesInRow: 0,
    lastLossMs: null,
  };
}

/** Remembers what an order is to open. */
export function planEntry(book: TradeBookState, order: number, plan: EntryPlan): void {
  book.plans.set(order, plan);
}

/** Takes in what the ledger has booked; returns the new fills, oldest first. @param session trade date of now */
export function readLedger(book: TradeBookState, account: Account, session: number): readonly SeenFill[] {
  if (session !== book.session) {
    forgetInSilence(book);
    book.session = session;
    book.entriesToday = 0;
    book.lossesInRow = 0;
  }
  const { fills } = account;
  const seen: SeenFill[] = [];
  for (; book.fills < fills.length; book.fills += 1) {
    const row = book.fills;
    const units = fills.get(row, "side") * fills.get(row, "units");
    const ticks = fills.get(row, "ticks");
    const ms = fills.get(row, "ms");
    const closing = units * book.position < 0 ? Math.min(Math.abs(units), Math.abs(book.position)) : 0;
    if (closing > 0) closeLots(book, account, closing, ms);
    const opened = Math.sign(units) * (Math.abs(units) - closing);
    if (opened !== 0) openLot(book, fills.get(row, "order"), opened, ticks, fills.get(row, "bar"));
    book.position += units;
    seen.push({
      ms,
      units,
      ticks,
      slippageTicks: fills.get(row, "slippageTicks"),
      reason: fillReasons[fills.get(row, "reason")] ?? "signal",
    });
  }
  return seen;
}

/**
 * A session that ends without an entry takes the oldest outcome along. Risk never bets on a losing record (risk.md section 4),
 * and a record that only a bet could change would then stand for ever.
 */
function forgetInSilence(book: TradeBookState): void {
  if (book.session !== 0 && book.entriesToday === 0) book.outcomes.shift();
}

/** Forgets the plans of orders that work no longer. */
export function forgetPlans(book: TradeBookState, working: ReadonlySet<number>): void {
  for (const order of book.plans.keys()) if (!working.has(order)) book.plans.delete(order);
}

function openLot(book: TradeBookState, order: number, units: number, ticks: number, bar: number): void {
  const plan = book.plans.get(order) ?? carried;
  const known = book.lots.some((lot) => lot.plan.decisionId === plan.decisionId);
  if (plan !== carried && !known) book.entriesToday += 1;
  book.lots.push({
    plan,
    order,
    bestTicks: ticks,
    entryTicks: ticks,
    entryBar: bar,
    units,
    opened: Math.abs(units),
    netMicroCents: 0,
  });
}

/** One trade row for each piece of a lot, in the order in which the ledger wrote them. */
function closeLots(book: TradeBookState, account: Account, units: number, ms: number): void {
  for (let left = units; left > 0;) {
    const lot = book.lots[0];
    if (lot === undefined) return;
    const size = Math.min(left, Math.abs(lot.units));
    lot.units -= Math.sign(lot.units) * size;
    lot.netMicroCents += account.trades.get(book.trades, "netMicroCents");
    book.trades += 1;
    left -= size;
    if (lot.units !== 0) continue;
    book.lots.shift();
    settle(book, lot, ms);
  }
}

function settle(book: TradeBookState, lot: OpenLot, ms: number): void {
  const net = lot.netMicroCents / microCentsPerUsd;
  const loss = net < 0;
  book.lossesInRow = loss ? book.lossesInRow + 1 : 0;
  if (loss) book.lastLossMs = ms;
  const risk = lot.plan.riskPerUnitUsd * lot.opened;
  if (!(risk > 0)) return;
  book.outcomes.push({ sleeve: lot.plan.sleeve, rMultiple: net / risk });
  if (book.outcomes.length > outcomesKept) book.outcomes.shift();
}
