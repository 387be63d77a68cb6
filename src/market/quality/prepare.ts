/**
 * @file Preparation of a whole series, and of a stream: the rules of `bar-preparer.ts` with what each can know.
 *
 * A whole series is planned first (masks look two sessions ahead, roll detection needs the scale of all gaps) and then
 * prepared; a stream is prepared causally. `planPreparation` makes the plan over chunks, so it needs no series in memory.
 */
import { type BarSeries, joinBars } from "../bars.ts";
import { type ContractSpec, instruments } from "../instruments.ts";
import { PlannedRolls, type RollMarker, type RollTableRow, tableRolls } from "../rolls/adjust.ts";
import { CausalRolls } from "../rolls/causal-rolls.ts";
import { detectRolls, type OpeningGap, OpeningGaps, type Roll } from "../rolls/detect.ts";
import { type SessionCalendar, sessionCalendar } from "../session.ts";
import { BarPreparer, type Findings, SegmentedBars } from "./bar-preparer.ts";
import { CausalMask } from "./causal-mask.ts";
import { type MaskPlan, planMasks } from "./illiquid.ts";
import { PlannedMasks } from "./mask-marker.ts";
import { markSessions, type SessionVolume, SessionVolumes } from "./sessions.ts";

/** What the caller adds to what is found. */
export interface PrepareOptions {
  /** Contract of a symbol that the table lacks. */
  readonly spec?: ContractSpec;
  readonly calendar?: SessionCalendar;
  /** Trade dates to mask, both inclusive, beside those found. */
  readonly maskRanges?: readonly (readonly [first: number, last: number])[];
  /** Authoritative rolls; without them rolls are detected. `[]` for series that are adjusted already. */
  readonly rolls?: readonly RollTableRow[];
}

/** A series ready for features, with what was found in it. */
export interface PreparedBars extends Findings {
  readonly bars: BarSeries;
}

/** What one kind of series is prepared with. */
export interface Preparation {
  readonly intervalMs: number;
  readonly spec: ContractSpec | undefined;
  readonly calendar: SessionCalendar;
  readonly maskRanges: readonly (readonly [first: number, last: number])[];
  readonly rolls: readonly RollTableRow[] | undefined;
}

/** Settles the options for series of a symbol and bar size. */
export function preparationOf(
  { symbol, intervalMs }: Pick<BarSeries, "symbol" | "intervalMs">,
  options: PrepareOptions,
): Preparation {
  const known = Object.hasOwn(instruments, symbol) ? instruments[symbol] : undefined;
  const spec = options.spec ?? known;
  const calendar = options.calendar ?? sessionCalendar(spec?.sessionTemplate ?? "always-open");
  return { intervalMs, spec, calendar, maskRanges: options.maskRanges ?? [], rolls: options.rolls };
}

/** Prepares a series; the imported one stays as it was. @throws GrandModelError `ROLL_RATIO`. */
export function prepareBars(imported: BarSeries, options: PrepareOptions = {}): PreparedBars {
  const preparation = preparationOf(imported, options);
  const volumes = sessionVolumesOf(imported, preparation);
  const masks = planMasksOf(volumes, preparation);
  const finder = new RollFinder(preparation, masks);
  if (finder.needed) finder.push(imported);
  const preparer = plannedPreparer(preparation, { masks, rolls: finder.finish() });
  const [most, last] = [preparer.push(imported), preparer.finish()];
  return { bars: last === undefined ? most : joinBars(most, last), ...preparer.findings() };
}

/** A preparer that knows nothing of later bars: for streams and live bars. */
export function causalPreparer(preparation: Preparation): BarPreparer {
  const { intervalMs, calendar, spec, maskRanges, rolls } = preparation;
  const marker: RollMarker =
    rolls !== undefined || spec === undefined || !showsRolls(intervalMs)
      ? new PlannedRolls(tableRolls(rolls ?? []))
      : new CausalRolls(spec);
  return new BarPreparer(intervalMs, calendar, spec, { masks: new CausalMask(maskRanges), rolls: marker });
}

/** Prepares chunks causally, as they come. @throws GrandModelError `ROLL_RATIO`. */
export async function* prepareCausally(
  chunks: AsyncIterable<BarSeries>,
  options: PrepareOptions = {},
): AsyncIterable<BarSeries> {
  let preparer: BarPreparer | undefined;
  for await (const chunk of chunks) {
    preparer ??= causalPreparer(preparationOf(chunk, options));
    const bars = preparer.push(chunk);
    if (bars.length > 0) yield bars;
  }
  const last = preparer?.finish();
  if (last !== undefined) yield last;
}

/** Masks and rolls that were found in the passes before. */
export interface PreparationPlan {
  readonly masks: readonly MaskPlan[];
  readonly rolls: readonly Roll[];
}

/** A preparer that carries out a plan. */
export function plannedPreparer(preparation: Preparation, plan: PreparationPlan): BarPreparer {
  const { intervalMs, calendar, spec } = preparation;
  const markers = { masks: new PlannedMasks(plan.masks), rolls: new PlannedRolls(plan.rolls) };
  return new BarPreparer(intervalMs, calendar, spec, markers);
}

/** Masks by the volumes of all sessions. Bars of a day and more have no sessions that could be thin. */
export function planMasksOf(
  volumes: readonly SessionVolume[],
  preparation: Preparation,
): readonly MaskPlan[] {
  return planMasks(volumes, preparation.maskRanges, preparation.intervalMs < 86_400_000);
}

/** Finds the rolls of a series whose masks are planned: push chunks (only if `needed`), then `finish`. */
export class RollFinder {
  /** False when a table decides, or when there is no contract whose rolls could be known. */
  readonly needed: boolean;
  private readonly preparation: Preparation;
  private readonly segmented: SegmentedBars;
  private readonly opening: OpeningGaps = new OpeningGaps();
  private readonly found: OpeningGap[] = [];

  constructor(preparation: Preparation, masks: readonly MaskPlan[]) {
    const { calendar, spec, rolls, intervalMs } = preparation;
    this.preparation = preparation;
    this.needed = rolls === undefined && spec !== undefined && showsRolls(intervalMs);
    this.segmented = new SegmentedBars(calendar, undefined, new PlannedMasks(masks));
  }

  push(chunk: BarSeries): void {
    this.note(this.segmented.push(chunk));
  }

  finish(): readonly Roll[] {
    const { rolls, spec } = this.preparation;
    if (!this.needed || spec === undefined) return tableRolls(rolls ?? []);
    const last = this.segmented.finish();
    if (last !== undefined) this.note(last);
    return detectRolls(this.found, spec);
  }

  private note(bars: BarSeries): void {
    for (let i = 0; i < bars.length; i++) {
      const gap = this.opening.next(bars, i);
      if (gap !== undefined) this.found.push(gap);
    }
  }
}

/** Longer bars do not show the opening at which contracts change. */
function showsRolls(intervalMs: number): boolean {
  return intervalMs <= 1_800_000;
}

function sessionVolumesOf(bars: BarSeries, { calendar }: Preparation): readonly SessionVolume[] {
  const marked = { ...bars, flags: bars.flags.slice(), session: new Int32Array(bars.length) };
  markSessions(marked, calendar, undefined);
  const volumes = new SessionVolumes();
  volumes.add(marked);
  return volumes.finish();
}
