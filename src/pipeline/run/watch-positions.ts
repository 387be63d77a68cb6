/**
 * @file What is done to open positions at each close of the trading series: stops trail, positions whose time is up leave
 * at the next open, and nothing is carried past the flat time. The rules are `stages/execution/position-plan.ts`.
 */
import { flatTimeOf, type PositionStep, watchPosition } from "../../stages/execution/position-plan.ts";
import { tickPrice } from "../../trading/contract.ts";
import { type OpenPosition, openPositions } from "./account-view.ts";
import type { Engine } from "../../trading/engine/engine.ts";
import type { PipelineSetup } from "./config.ts";
import type { TradeBookState } from "./trade-book.ts";

/** Steps of all open positions at this close. */
export function watchPositions(setup: PipelineSetup, engine: Engine<object>, book: TradeBookState): void {
  if (book.lots.length === 0) return;
  const { contract, source } = engine.clockSeries();
  const { nowMs } = engine.market;
  for (const position of openPositions(engine, book)) {
    follow(position, engine.account.marks[0] ?? 0);
    const first = position.lots[0];
    if (first === undefined) continue;
    const { maxHoldBars, stop: initialStop, trailing } = first.plan;
    const stop = position.stops[0];
    const step = watchPosition(
      {
        side: position.units > 0 ? 1 : -1,
        entryPrice: position.entryPrice,
        initialStop,
        stop: stop === undefined ? initialStop : tickPrice(contract, stop.stopTicks),
        bestPrice: tickPrice(contract, first.bestTicks),
        barsHeld: engine.closedBars - 1 - first.entryBar,
        maxHoldBars,
        trailing: stop === undefined ? null : trailing,
      },
      contract,
      nowMs,
      flatTime(setup, nowMs),
      source.intervalMs,
    );
    carryOut(engine, position, step);
  }
}

/** When positions have to be gone: never where they may be held overnight. */
function flatTime({ calendar, risk }: PipelineSetup, nowMs: number): number {
  if (risk.holdOvernight) return Infinity;
  const session = calendar.sessionAt(nowMs);
  return session === undefined ? nowMs : flatTimeOf(session.closeMs, risk.flatBeforeCloseMin);
}

/** Best closed price since entry, this close included. */
function follow({ lots, units }: OpenPosition, close: number): void {
  for (const lot of lots) {
    lot.bestTicks = units > 0 ? Math.max(lot.bestTicks, close) : Math.min(lot.bestTicks, close);
  }
}

function carryOut(engine: Engine<object>, { stops, units }: OpenPosition, step: PositionStep): void {
  switch (step.kind) {
    case "hold":
      return;
    case "moveStop": {
      const ticks = Math.round(step.stop / engine.clockSeries().contract.tickSize);
      for (const order of stops) engine.desk.moveStop(order, ticks);
      return;
    }
    case "exit": {
      const side = units > 0 ? -1 : 1;
      engine.desk.submit({ side, size: Math.abs(units), reduceOnly: true });
      return;
    }
    default:
      step satisfies never;
  }
}
