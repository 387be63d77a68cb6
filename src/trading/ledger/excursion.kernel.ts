/**
 * @file Best and worst unrealised move of a trade, ticks a unit. Bars held in full count with their whole range; the
 * entry bar counts in full after an entry at its open and by its close after an entry inside it; the exit bar counts
 * by its open (when the exit came later) and by the exit price. Complexity: bars held. Prices are finite ticks.
 */

/** Writes `[mfe, mae]` of a trade of sign `side` into `out`; `mfe >= 0 >= mae`. */
export function excursion(
  high: Int32Array,
  low: Int32Array,
  close: Int32Array,
  open: Int32Array,
  trade: {
    readonly side: number;
    readonly entryBar: number;
    readonly entryTicks: number;
    readonly entryAtOpen: boolean;
    readonly exitBar: number;
    readonly exitTicks: number;
    readonly exitAtOpen: boolean;
  },
  out: Int32Array,
): void {
  let top = trade.exitTicks > trade.entryTicks ? trade.exitTicks : trade.entryTicks;
  let bottom = trade.exitTicks < trade.entryTicks ? trade.exitTicks : trade.entryTicks;
  for (let t = trade.entryBar; t <= trade.exitBar; t += 1) {
    if (t === trade.exitBar) {
      if (trade.exitAtOpen || t === trade.entryBar) continue;
      top = Math.max(top, open[t]!);
      bottom = Math.min(bottom, open[t]!);
    } else if (t === trade.entryBar && !trade.entryAtOpen) {
      top = Math.max(top, close[t]!);
      bottom = Math.min(bottom, close[t]!);
    } else {
      if (high[t]! > top) top = high[t]!;
      if (low[t]! < bottom) bottom = low[t]!;
    }
  }
  out[0] = trade.side > 0 ? top - trade.entryTicks : trade.entryTicks - bottom;
  out[1] = trade.side > 0 ? bottom - trade.entryTicks : trade.entryTicks - top;
}
