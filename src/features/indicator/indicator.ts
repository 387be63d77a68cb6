/**
 * @file The contract of every indicator: bars in, one row of named numbers out, all state in one `Memory`.
 *
 * A `Calculation` holds the formula; `Indicator` adds what all of them owe: a repeated bar is a no-op, an older one an
 * error, a new segment restarts the state, a roll rescales it, a bar with a non-finite number changes no formula and gives
 * invalid zeros, and no output is ever NaN. Batch mode (`batch.ts`) is a loop over `update`, so the two cannot differ.
 */
import { type Bar, isUsable } from "./bar.ts";
import { type Cell, Memory } from "./memory.ts";
import { featureError } from "../issues.ts";

/** A formula over closed bars. Everything that changes between bars lives in the `Memory` it was made with. */
export interface Calculation {
  /** Identity with parameters, `rsi(14)`: state of one name fits no other. */
  readonly name: string;
  /** Names of the outputs, in order. */
  readonly columns: readonly string[];
  /** Bars of a segment after which every column is valid, except the `eventual` ones. */
  readonly warmUp: number;
  /** Columns whose validity depends on what happened (events, gaps, nodes), not on the number of bars alone. */
  readonly eventual?: readonly string[];
  /** Number of latest bars that alone decide the outputs; Infinity when older bars never lose all weight. */
  readonly lookback: number;
  /** Takes in the next bar of the segment. */
  readonly advance: (bar: Bar) => void;
  /** Told of a bar with a non-finite number, which `advance` does not see; most formulas do not care. */
  readonly skip?: () => void;
  /** Multiplies every price kept in the state by `ratio`, at a roll, before `advance`. */
  readonly rescale: (ratio: number) => void;
  /** Writes the outputs and their validity (1 or 0), from the state alone. */
  readonly emit: (values: Float64Array, valid: Uint8Array) => void;
}

/** Makes a calculation inside the given memory. */
export type Recipe<C extends Calculation = Calculation> = (memory: Memory) => C;

/** Saved state, for checkpoints. */
export interface IndicatorState {
  readonly name: string;
  readonly numbers: Float64Array;
}

/** A calculation that keeps the promises above. */
export class Indicator<C extends Calculation = Calculation> {
  readonly calculation: C;
  /** Outputs of the last bar, `columns` order; zero where invalid. */
  readonly values: Float64Array;
  /** 1 where the output may be used. */
  readonly valid: Uint8Array;
  private readonly memory = new Memory();
  private readonly lastOpen: Cell;
  private readonly segment: Cell;
  private readonly usable: Cell;

  constructor(recipe: Recipe<C>) {
    this.lastOpen = this.memory.cell(-Infinity);
    this.segment = this.memory.cell(-Infinity);
    this.usable = this.memory.cell(0);
    this.calculation = recipe(this.memory);
    this.values = new Float64Array(this.calculation.columns.length);
    this.valid = new Uint8Array(this.calculation.columns.length);
  }

  get name(): string {
    return this.calculation.name;
  }

  get columns(): readonly string[] {
    return this.calculation.columns;
  }

  /** UTC ms of the open of the last bar taken in; -Infinity before the first. */
  get lastBarOpen(): number {
    return this.lastOpen.value;
  }

  /** Takes in a closed bar. @throws GrandModelError `BAR_OUT_OF_ORDER` for a bar older than the last. */
  update(bar: Bar): void {
    if (bar.t === this.lastOpen.value) return;
    if (!(bar.t > this.lastOpen.value)) this.refuse(bar);
    if (bar.segment !== this.segment.value) this.memory.restart();
    this.lastOpen.value = bar.t;
    this.segment.value = bar.segment;
    this.usable.value = isUsable(bar) ? 1 : 0;
    if (bar.roll !== 1) this.calculation.rescale(bar.roll);
    if (this.usable.value === 1) this.calculation.advance(bar);
    else this.calculation.skip?.();
    this.publish();
  }

  /** A copy of the state, or the state copied into `numbers`. */
  save(numbers?: Float64Array): IndicatorState {
    return { name: this.name, numbers: this.memory.save(numbers) };
  }

  /** Continues from a saved state. @throws GrandModelError `FEATURE_STATE_FOREIGN` for the state of another indicator. */
  restore(state: IndicatorState): void {
    if (state.name !== this.name || state.numbers.length !== this.memory.size) {
      throw featureError({
        code: "FEATURE_STATE_FOREIGN",
        path: this.name,
        value: `${state.name}, ${state.numbers.length} numbers`,
        expected: `the state of ${this.name}, ${this.memory.size} numbers`,
        hint:
          state.name === this.name
            ? "The state was saved by another version of this program. Replay the bars, or restore it with the version that saved it."
            : "Restore into an indicator made with the parameters of the checkpoint, or replay the bars.",
      });
    }
    this.memory.restore(state.numbers);
    this.publish();
  }

  private publish(): void {
    const { values, valid } = this;
    if (this.usable.value === 0) {
      values.fill(0);
      valid.fill(0);
      return;
    }
    this.calculation.emit(values, valid);
    for (let i = 0; i < values.length; i += 1) {
      if (valid[i] === 1 && Number.isFinite(values[i])) continue;
      values[i] = 0;
      valid[i] = 0;
    }
  }

  private refuse(bar: Bar): never {
    throw featureError({
      code: "BAR_OUT_OF_ORDER",
      path: this.name,
      value: bar.t,
      expected: `a bar that opens at or after ${this.lastOpen.value} (UTC ms)`,
      hint: "Feed bars in time order; to go back, restore a saved state and replay.",
    });
  }
}
