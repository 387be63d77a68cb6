/**
 * @file What is done to open positions at each close of the trading series: stops trail, positions whose time is up leave
 * at the next open, and nothing is carried past the flat time. The rules are `stages/execution/position-plan.ts`.
 */
import { type PositionStep, watchPosition } from "../../stages/execution/position-plan.ts";
import { tickPrice } from "../../trading/contract.ts";
import { type OpenPosition, openPositions } from "./account-view.ts";
import type { RunParts } from "./parts.ts";

/** Steps of all open positions at this close. */
export function watchPositions(parts: RunParts): void {
  const { engine, memory } = parts;
  if (memory.book.lots.length === 0) return;
  const market = parts.feeds.monitor.market(false);
  for (const position of openPositions(engine, memory.book)) {
    follow(position, engine.account.marks[0] ?? 0);
    const first = position.lots[0];
    if (first === undefined) continue;
    const { maxHoldBars, stop: initialStop, trailing } = first.plan;
    const { contract } = market;
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
      market.nowMs,
      market.flatMs,
      market.barMs,
    );
    carryOut(parts, position, step);
  }
}

/** Best closed price since entry, this close included. */
function follow({ lots, units }: OpenPosition, close: number): void {
  for (const lot of lots) {
    lot.bestTicks = units > 0 ? Math.max(lot.bestTicks, close) : Math.min(lot.bestTicks, close);
  }
}

function carryOut({ engine, feeds }: RunParts, { stops, units }: OpenPosition, step: PositionStep): void {
  switch (step.kind) {
    case "hold":
      return;
    case "moveStop": {
      const ticks = Math.round(step.stop / feeds.contract.tickSize);
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
