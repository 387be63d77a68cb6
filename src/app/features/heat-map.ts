/**
 * @file Price and features as one SVG: the close on top, below it a row of colour for each column of a schema, blue for
 * -1, red for +1, white for 0, grey where rows are not valid. Self-contained: no script, no font of its own. At most 600
 * columns of colour; each shows the mean of its bars.
 */
import type { BarSeries } from "../../market/bars.ts";
import { escapeText } from "../../market/report/quality-chart.ts";
import type { SchemaTable } from "./feature-table.ts";

const width = 1200;
const left = 170;
const right = 16;
const top = 28;
const priceHeight = 220;
const mapTop = 268;
const rowHeight = 20;
const plotWidth = width - left - right;
const most = 600;

/** Bars `from <= i < to` of one colour column. */
interface Slot {
  readonly x: number;
  readonly from: number;
  readonly to: number;
}

/** Draws the last `length` bars at most (all of them by default). */
export function heatMap(
  bars: BarSeries,
  table: SchemaTable,
  title: string,
  length: number = bars.length,
): string {
  const first = Math.max(0, bars.length - length);
  const slots = slotsOf(first, bars.length);
  const height = mapTop + table.columns.length * rowHeight + 40;
  const body = [
    ...priceLine(bars, slots),
    ...table.columns.flatMap((name, c) => featureRow(table, slots, name, c)),
    ...timeAxis(bars, slots, height),
  ];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeText(title)}">
<style>
text{font:12px system-ui,sans-serif;fill:#555}.title{font-size:14px;fill:#222}
.close{fill:none;stroke:#1f5fa8;stroke-width:1.2}.grid{stroke:#8883}
@media (prefers-color-scheme:dark){text{fill:#aaa}.title{fill:#eee}}
</style>
<text class="title" x="${left}" y="18">${escapeText(title)}</text>
${body.join("\n")}
</svg>
`;
}

function slotsOf(first: number, last: number): readonly Slot[] {
  const count = Math.min(most, last - first);
  return Array.from({ length: count }, (_, k) => ({
    x: left + (plotWidth * k) / count,
    from: first + Math.floor(((last - first) * k) / count),
    to: first + Math.floor(((last - first) * (k + 1)) / count),
  }));
}

function priceLine(bars: BarSeries, slots: readonly Slot[]): readonly string[] {
  const closes = slots.map((slot) => bars.c[slot.to - 1] ?? 0);
  const high = Math.max(...closes);
  const low = Math.min(...closes);
  const y = (price: number): number => top + priceHeight * (1 - (price - low) / (high - low || 1));
  const path = closes
    .map((close, k) => `${k === 0 ? "M" : "L"}${n(slots[k]?.x ?? 0)} ${n(y(close))}`)
    .join("");
  return [
    ...[low, (low + high) / 2, high].map(
      (price) =>
        `<line class="grid" x1="${left}" x2="${width - right}" y1="${n(y(price))}" y2="${n(y(price))}"/><text x="${left - 6}" y="${n(y(price) + 4)}" text-anchor="end">${price.toFixed(2)}</text>`,
    ),
    `<path class="close" d="${path}"/>`,
  ];
}

function featureRow(table: SchemaTable, slots: readonly Slot[], name: string, c: number): readonly string[] {
  const y = mapTop + c * rowHeight;
  const cell = plotWidth / Math.max(1, slots.length);
  const label = `<text x="${left - 6}" y="${y + 14}" text-anchor="end">${escapeText(name)}</text>`;
  const rectangles = slots.map((slot) => {
    const mean = meanOf(table, c, slot);
    return `<rect x="${n(slot.x)}" y="${y}" width="${n(cell + 0.3)}" height="${rowHeight - 2}" fill="${colourOf(mean)}"/>`;
  });
  return [label, rectangles.join("")];
}

/** Mean of the valid rows of a slot; undefined when there are none. */
function meanOf(table: SchemaTable, c: number, slot: Slot): number | undefined {
  let sum = 0;
  let count = 0;
  for (let i = slot.from; i < slot.to; i += 1) {
    if (table.valid[i] !== 1) continue;
    sum += table.values[i * table.columns.length + c] ?? 0;
    count += 1;
  }
  return count === 0 ? undefined : sum / count;
}

/** Blue below, white at, red above zero; grey for nothing. */
function colourOf(value: number | undefined): string {
  if (value === undefined) return "#ddd";
  const strength = Math.min(1, Math.abs(value));
  const [r, g, b] = value < 0 ? [33, 102, 172] : [178, 24, 43];
  const mix = (channel: number): number => Math.round(255 + (channel - 255) * strength);
  return `rgb(${mix(r)},${mix(g)},${mix(b)})`;
}

function timeAxis(bars: BarSeries, slots: readonly Slot[], height: number): readonly string[] {
  const ticks = 6;
  return Array.from({ length: ticks }, (_, k) => slots[Math.floor(((slots.length - 1) * k) / (ticks - 1))])
    .filter((slot) => slot !== undefined)
    .map((slot, k) => {
      const anchor = k === 0 ? "start" : k === ticks - 1 ? "end" : "middle";
      const day = new Date(bars.t[slot.from] ?? 0).toISOString().slice(0, 10);
      return `<text x="${n(slot.x)}" y="${height - 14}" text-anchor="${anchor}">${day}</text>`;
    });
}

const n = (value: number): string => value.toFixed(1);
