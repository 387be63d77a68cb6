/**
 * @file A run on paper: what another process needs to go on from a bar as if nothing had happened. The tables of trades
 * and fills and the equity curve are columns; everything that changes besides is one JSON state. The bars, the rules and
 * the costs are not inside: they are the configuration, and the caller vouches that it is the same.
 */
import { internalError } from "../../runtime/errors.ts";
import type { Json } from "../../runtime/json.ts";
import { Order } from "../orders/order.ts";
import type { FillColumns, TradeColumns } from "../result.ts";
import type { Engine } from "./engine.ts";
import { decodeState, encodeState } from "./state-json.ts";

/** Columns by name: `trades.units`, `fills.order`, `equity.usd`. */
export type SavedArrays = Readonly<Record<string, Uint8Array | Int32Array | Float64Array>>;

/** A run at an instant. */
export interface SavedRun {
  readonly state: Json;
  readonly arrays: SavedArrays;
}

const classes = { Order };

/** The run as it stands between two instants. */
export function saveRun<State>(engine: Engine<State>): SavedRun {
  const { account } = engine;
  const closed = engine.closedBars;
  return {
    state: encodeState(engine.snapshot(), classes),
    arrays: {
      ...tableArrays("trades", account.trades.toColumns()),
      ...tableArrays("fills", account.fills.toColumns()),
      "equity.usd": engine.equityUsd.slice(0, closed),
      "equity.position": engine.positions.slice(0, closed),
    },
  };
}

/** Puts a fresh engine of the same configuration where the saved one stood. */
export function restoreRun<State>(engine: Engine<State>, saved: SavedRun): void {
  const { account } = engine;
  account.trades.load(tableOf("trades", saved.arrays) as unknown as TradeColumns);
  account.fills.load(tableOf("fills", saved.arrays) as unknown as FillColumns);
  engine.equityUsd.set(columnOf("equity.usd", saved.arrays));
  engine.positions.set(columnOf("equity.position", saved.arrays));
  engine.restore(decodeState(saved.state, classes) as ReturnType<Engine<State>["snapshot"]>);
}

function tableArrays(prefix: string, table: object): SavedArrays {
  const columns = Object.entries(table as SavedArrays).filter(([, column]) => ArrayBuffer.isView(column));
  return Object.fromEntries(columns.map(([name, column]) => [`${prefix}.${name}`, column]));
}

function tableOf(prefix: string, arrays: SavedArrays): Readonly<Record<string, unknown>> {
  const own = Object.entries(arrays).filter(([name]) => name.startsWith(`${prefix}.`));
  const length = own[0]?.[1].length ?? 0;
  return {
    length,
    ...Object.fromEntries(own.map(([name, column]) => [name.slice(prefix.length + 1), column])),
  };
}

function columnOf(name: string, arrays: SavedArrays): Uint8Array | Int32Array | Float64Array {
  const found = arrays[name];
  if (found === undefined) throw internalError(`a saved run without ${name}`);
  return found;
}
