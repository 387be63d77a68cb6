/** @file From the decided reading of a file to what its rows are judged by. */
import { zoneTable } from "../calendar/zone.ts";
import type { ContractSpec } from "../instruments.ts";
import type { ValueLimits } from "../quality/defects.kernel.ts";
import type { QuarantinePolicy } from "../quality/quarantine.ts";
import type { FileReading } from "./reading.ts";
import type { RowReading } from "./row-judge.ts";

/** Limits on values by instrument; wide where the instrument is unknown. */
export function valueLimits(spec: ContractSpec | undefined): ValueLimits {
  if (spec === undefined)
    return { low: 0, high: 1e9, volumeMax: Number.MAX_SAFE_INTEGER, allowNegative: false };
  const [low, high] = spec.priceRange;
  return { low, high, volumeMax: spec.volumeMax, allowNegative: low < 0 };
}

/** The judge's view of a reading. */
export function rowReading(reading: FileReading, policy: QuarantinePolicy): RowReading {
  const interval = reading.intervalMs.value;
  const quarterHour = 900_000;
  return {
    zone: zoneTable(reading.zone.value),
    dayFirst: reading.dateOrder.order === "day-first",
    shiftMs: reading.stamp.value === "end" ? interval : 0,
    gridMs: quarterHour % interval === 0 ? interval : interval % quarterHour === 0 ? quarterHour : 1000,
    limits: valueLimits(reading.spec),
    policy,
  };
}
