/** @file How numbers of progress read: counts, speed, time left, sparklines. */

/** Where a task stands. */
export interface Pace {
  readonly label: string;
  readonly unit: string;
  readonly total: number;
  readonly done: number;
  /** Part of `done` that an earlier process did. */
  readonly skipped: number;
  readonly elapsedMs: number;
}

/** `train  128,000 / 500,000 steps  25.6 %  41,200 steps/s  9 s left`. */
export function renderSummaryLine(pace: Pace): string {
  const perSecond = pace.elapsedMs > 0 ? ((pace.done - pace.skipped) * 1000) / pace.elapsedMs : 0;
  const count =
    pace.total > 0
      ? `${group(pace.done)} / ${group(pace.total)} ${pace.unit}`
      : `${group(pace.done)} ${pace.unit}`;
  const share = pace.total > 0 ? `  ${((100 * pace.done) / pace.total).toFixed(1)} %` : "";
  const speed = perSecond > 0 ? `  ${speedText(perSecond)} ${pace.unit}/s` : "";
  const left =
    pace.total > pace.done && perSecond > 0
      ? `  ${durationText(((pace.total - pace.done) / perSecond) * 1000)} left`
      : "";
  return `${pace.label}  ${count}${share}${speed}${left}`;
}

/** `1,234,567`: digits in groups of three. */
export function group(value: number): string {
  return Math.round(value)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ",");
}

function speedText(perSecond: number): string {
  return perSecond >= 100 ? group(perSecond) : perSecond.toPrecision(2);
}

/** `850 ms`, `9 s`, `3 min 20 s`, `2 h 5 min`. */
export function durationText(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return seconds % 60 === 0 ? `${minutes} min` : `${minutes} min ${seconds % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

const bars = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];

/** The last `width` values as bars between their least and greatest; gaps where a value is not finite. */
export function sparkline(values: readonly number[], width: number): string {
  const shown = values.slice(-width);
  const finite = shown.filter(Number.isFinite);
  const low = Math.min(...finite);
  const range = Math.max(...finite) - low;
  return shown
    .map((value) => {
      if (!Number.isFinite(value)) return " ";
      const share = range > 0 ? (value - low) / range : 0.5;
      return bars[Math.min(bars.length - 1, Math.floor(share * bars.length))] ?? "";
    })
    .join("");
}
