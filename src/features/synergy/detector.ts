/**
 * @file Synergies: three events of different kinds in one direction within a span of closed bars. The order in which the
 * kinds arrive is the type (strategic-tactical.md section 5). O(1) per event. A synergy is a feature, never a signal that
 * hides anything from a policy; no edge has been demonstrated.
 *
 * States: idle -> building (one or two events) -> cooldown (a completed synergy; events are ignored). An event in the
 * opposite direction restarts the sequence with itself; a repeated kind is ignored; a sequence older than `maxSpan` ends.
 */
import type { Cell, Memory } from "../indicator/memory.ts";

/** Kinds of events, in the order that breaks ties of equal strength. */
export const eventKind = { nwrqk: 1, mlmi: 2, fvg: 3 } as const;
export type EventKind = (typeof eventKind)[keyof typeof eventKind];

/** Spans in closed bars of the clock that counts them. */
export interface SynergyOptions {
  readonly maxSpan: number;
  readonly cooldown: number;
}

/** 10 and 5 closed 30-minute bars. */
export const synergyDefaults: SynergyOptions = { maxSpan: 10, cooldown: 5 };

/**
 * Type of a completed order, by the kinds as decimal digits: MLMI-NWRQK-FVG 1, MLMI-FVG-NWRQK 2, NWRQK-FVG-MLMI 3,
 * NWRQK-MLMI-FVG 4. Orders that start with a gap have no type.
 */
const typeOfOrder: Readonly<Record<number, 1 | 2 | 3 | 4>> = { 213: 1, 231: 2, 132: 3, 123: 4 };

/** The state machine; all state lives in the memory it was made with. */
export class SynergyDetector {
  private readonly options: SynergyOptions;
  private readonly now: Cell;
  private readonly order: Cell;
  private readonly first: Cell;
  private readonly side: Cell;
  private readonly product: Cell;
  private readonly quietUntil: Cell;
  private readonly tied: Cell;
  private readonly completedAt: Cell;
  private readonly completedType: Cell;
  private readonly completedSide: Cell;
  private readonly completedConfidence: Cell;
  private readonly untyped: Cell;
  /** Events of the bar that is about to close, indexed by kind. */
  private readonly offeredSide: Float64Array;
  private readonly offeredStrength: Float64Array;

  constructor(memory: Memory, options: SynergyOptions) {
    this.options = options;
    this.now = memory.cell(-1);
    this.order = memory.cell();
    this.first = memory.cell();
    this.side = memory.cell();
    this.product = memory.cell(1);
    this.quietUntil = memory.cell(-1);
    this.tied = memory.cell();
    this.completedAt = memory.cell(-Infinity);
    this.completedType = memory.cell();
    this.completedSide = memory.cell();
    this.completedConfidence = memory.cell();
    this.untyped = memory.cell();
    this.offeredSide = memory.block(4);
    this.offeredStrength = memory.block(4);
  }

  /** 1..4 on the bar that completes a typed synergy, else 0. */
  get type(): number {
    return this.age === 0 ? this.completedType.value : 0;
  }

  /** Direction of the last typed synergy: 1, -1, or 0 before the first. */
  get direction(): number {
    return this.completedSide.value;
  }

  /** (s1 s2 s3)^(1/3) (1 - barsToComplete / (2 maxSpan)) of the last typed synergy, in (0, 1]. */
  get confidence(): number {
    return this.completedConfidence.value;
  }

  /** Type of the last typed synergy, 0 before the first. */
  get lastType(): number {
    return this.completedType.value;
  }

  /** Closed bars since the last typed synergy; Infinity before the first. */
  get age(): number {
    return this.now.value - this.completedAt.value;
  }

  /** Events of the sequence that completed last had equal close times. */
  get tie(): boolean {
    return this.tied.value === 1;
  }

  /** Completed orders that began with a gap: diagnostics without trade meaning. */
  get untypedCount(): number {
    return this.untyped.value;
  }

  /** Something happened in the bar that closes now. @param strength normalised; capped at 1 here. */
  offer(kind: EventKind, direction: number, strength: number): void {
    this.offeredSide[kind] = Math.sign(direction);
    this.offeredStrength[kind] = Math.min(1, strength);
  }

  /** The bar is complete: its events are taken, strongest first. Call it for every bar, also without events. */
  close(): void {
    this.now.value += 1;
    if (this.order.value > 0 && this.now.value - this.first.value > this.options.maxSpan) this.reset();
    const shared = this.offers() > 1;
    for (let kind = this.strongestOffer(); kind !== 0; kind = this.strongestOffer()) {
      this.take(kind, shared);
      this.offeredSide[kind] = 0;
    }
  }

  private offers(): number {
    let count = 0;
    for (const side of this.offeredSide) if (side !== 0) count += 1;
    return count;
  }

  /** Kind of the strongest event that is left, ties in the order of `eventKind`; 0 when none is. */
  private strongestOffer(): number {
    let strongest = 0;
    for (let kind = 1; kind <= 3; kind += 1) {
      if (this.offeredSide[kind] === 0) continue;
      const strength = this.offeredStrength[kind] ?? 0;
      if (strongest === 0 || strength > (this.offeredStrength[strongest] ?? 0)) strongest = kind;
    }
    return strongest;
  }

  private take(kind: number, shared: boolean): void {
    if (this.now.value <= this.quietUntil.value) return;
    const side = this.offeredSide[kind] ?? 0;
    if (this.side.value !== side) {
      this.reset();
      this.first.value = this.now.value;
      this.side.value = side;
    } else if (this.has(kind)) return;
    this.order.value = this.order.value * 10 + kind;
    this.product.value *= this.offeredStrength[kind] ?? 0;
    if (shared) this.tied.value = 1;
    if (this.order.value > 100) this.complete();
  }

  /** The sequence holds an event of this kind: kinds are the decimal digits of `order`. */
  private has(kind: number): boolean {
    const order = this.order.value;
    return order % 10 === kind || Math.floor(order / 10) === kind;
  }

  private complete(): void {
    const type = typeOfOrder[this.order.value];
    if (type === undefined) this.untyped.value += 1;
    else {
      const bars = this.now.value - this.first.value;
      this.completedAt.value = this.now.value;
      this.completedType.value = type;
      this.completedSide.value = this.side.value;
      this.completedConfidence.value =
        Math.cbrt(this.product.value) * (1 - (0.5 * bars) / this.options.maxSpan);
    }
    this.quietUntil.value = this.now.value + this.options.cooldown;
    const { value: tied } = this.tied;
    this.reset();
    this.tied.value = tied;
  }

  private reset(): void {
    this.order.value = 0;
    this.side.value = 0;
    this.product.value = 1;
    this.tied.value = 0;
  }
}
