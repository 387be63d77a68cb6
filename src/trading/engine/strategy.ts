/**
 * @file What a strategy is: a pure definition. Its state is plain data, so that a run can be saved, branched and
 * compared; its features are columns computed from the bars it is given, which the look-ahead guard cuts short.
 */
import type { BarSeries } from "../../market/bars.ts";
import type { Desk } from "./desk.ts";
import type { FeatureColumns, MarketView } from "./market-view.ts";

/** A trading rule. */
export interface Strategy<State> {
  readonly name: string;
  /** Columns made before the run from all bars of series `index`; value t may use bars 0..t only. */
  readonly features?: (bars: BarSeries, index: number) => FeatureColumns;
  /** Fresh state: numbers, strings, arrays, typed arrays and plain objects only. */
  readonly initial: () => State;
  /** Called at each bar's close, coarser series first; orders can fill at the next open. */
  readonly onBar: (market: MarketView, desk: Desk, state: State) => void;
}
