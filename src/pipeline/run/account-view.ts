/**
 * @file The account as the stages see it at a close: exposure and drawdown for the observations, the portfolio for Risk.
 * Read from the ledger, the guardian and the trade book; nothing is kept here. Money in USD, prices in points.
 */
import type { OpenTrade, PortfolioView } from "../../stages/risk/portfolio.ts";
import { tickPrice } from "../../trading/contract.ts";
import type { Engine } from "../../trading/engine/engine.ts";
import { toUsd } from "../../trading/money.ts";
import type { Order } from "../../trading/orders/order.ts";
import type { OpenLot, TradeBookState } from "./trade-book.ts";

/** What the observations of both teams show of the account. */
export interface AccountPosition {
  /** Signed units / maxContracts, [-1, 1]. */
  readonly exposure: number;
  readonly units: number;
  readonly unrealisedUsd: number;
  /** 1 - equity / peak, [0, 1]. */
  readonly drawdown: number;
  readonly equityUsd: number;
}

/** The one contract of a pipeline. */
const contract = 0;

export function accountPosition<State>(engine: Engine<State>, maxContracts: number): AccountPosition {
  const { account } = engine;
  const { units } = account.ledger.position(contract);
  const equityUsd = toUsd(account.equity());
  const peak = Math.max(engine.state.guardian.peakUsd, equityUsd);
  return {
    exposure: Math.min(1, Math.max(-1, units / maxContracts)),
    units,
    unrealisedUsd: toUsd(account.ledger.unrealised(contract, account.marks[contract] ?? 0)),
    drawdown: peak > 0 ? Math.min(1, Math.max(0, 1 - equityUsd / peak)) : 1,
    equityUsd,
  };
}

/** A position that one decision opened, and the orders that protect it. */
export interface OpenPosition {
  readonly lots: readonly OpenLot[];
  /** Signed. */
  readonly units: number;
  readonly entryPrice: number;
  readonly stops: readonly Order[];
}

/** The open lots by the decision that opened them, oldest first. */
export function openPositions<State>(engine: Engine<State>, book: TradeBookState): readonly OpenPosition[] {
  const terms = engine.clockSeries().contract;
  const working = engine.desk.orders(contract);
  const groups = new Map<string, OpenLot[]>();
  for (const lot of book.lots) {
    const group = groups.get(lot.plan.decisionId) ?? [];
    group.push(lot);
    groups.set(lot.plan.decisionId, group);
  }
  return [...groups.values()].map((lots) => {
    const units = lots.reduce((sum, lot) => sum + lot.units, 0);
    const cost = lots.reduce((sum, lot) => sum + lot.units * lot.entryTicks, 0);
    return {
      lots,
      units,
      entryPrice: tickPrice(terms, cost / units),
      stops: working.filter((order) => isStopOf(order, lots)),
    };
  });
}

/** The portfolio that Risk reads. @param marginPerUnitUsd initial margin of one unit */
export function portfolioView<State>(
  engine: Engine<State>,
  book: TradeBookState,
  sessionPeakUsd: number,
  marginPerUnitUsd: number,
): PortfolioView {
  const { guardian } = engine.state;
  const equityUsd = toUsd(engine.account.equity());
  const { units } = engine.account.ledger.position(contract);
  return {
    equityUsd,
    initialUsd: engine.config.initialUsd,
    sessionPeakUsd: Math.max(sessionPeakUsd, equityUsd),
    peakUsd: Math.max(guardian.peakUsd, equityUsd),
    sessionStartUsd: guardian.sessionStartUsd,
    weekStartUsd: guardian.weekStartUsd,
    position: units,
    openTrades: openPositions(engine, book).map((position) => openTrade(engine, position)),
    marginUsd: Math.abs(units) * marginPerUnitUsd,
    tradesToday: book.entriesToday,
    consecutiveLosses: book.lossesInRow,
    lastLossMs: book.lastLossMs,
    ladderLevel: guardian.ladder.level,
    locked: engine.desk.state.locked || engine.state.bust,
    outcomes: book.outcomes,
    winProbabilityHistory: [],
  };
}

function openTrade<State>(engine: Engine<State>, position: OpenPosition): OpenTrade {
  const terms = engine.clockSeries().contract;
  const side = Math.sign(position.units);
  const prices = position.stops.map((order) => tickPrice(terms, order.stopTicks));
  return {
    symbol: terms.symbol,
    sleeve: position.lots[0]?.plan.sleeve ?? "NONE",
    units: position.units,
    entryPrice: position.entryPrice,
    // Of several stops the furthest one counts.
    stopPrice: prices.length === 0 ? null : side > 0 ? Math.min(...prices) : Math.max(...prices),
    pointValueUsd: terms.pointValueUsd * terms.increment,
  };
}

function isStopOf(order: Order, lots: readonly OpenLot[]): boolean {
  const entry = order.bracket?.entry?.id;
  return order.draft.role === "stop" && lots.some((lot) => lot.order === entry);
}
