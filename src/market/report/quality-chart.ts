/**
 * @file A series as one SVG: high-low range and close, volume by session, masks shaded, gaps, holes, rolls and jumps marked.
 *
 * Self-contained, no script, no font of its own; readable in light and dark. Two thousand columns at most: a column shows
 * the range and the last close of its bars, so no extreme disappears.
 */
import { barFlag, type BarSeries, lowerBound } from "../bars.ts";
import type { PreparedBars } from "../quality/prepare.ts";

const width = 1200;
const left = 64;
const right = 16;
const top = 24;
const priceHeight = 300;
const volumeTop = 350;
const volumeHeight = 80;
const height = 490;
const plotWidth = width - left - right;

/** A column of the chart: bars `from <= i < to`. */
interface Column {
  readonly x: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

/** Draws a prepared series. */
export function qualityChart(prepared: PreparedBars, title: string): string {
  const { bars } = prepared;
  if (bars.length === 0) return svg(title, `<text x="${left}" y="60">no bars</text>`);
  const columns = columnsOf(bars);
  const high = Math.max(...columns.map((column) => column.high));
  const low = Math.min(...columns.map((column) => column.low));
  const y = (price: number): number => top + priceHeight * (1 - (price - low) / (high - low || 1));
  const most = Math.max(...columns.map(({ volume }) => volume)) || 1;
  const parts = [
    ...shades(prepared),
    ...priceAxis(low, high, y),
    `<path class="range" d="${columns.map((c) => `M${n(c.x)} ${n(y(c.high))}V${n(y(c.low))}`).join("")}"/>`,
    `<path class="close" d="${columns.map((c, i) => `${i === 0 ? "M" : "L"}${n(c.x)} ${n(y(c.close))}`).join("")}"/>`,
    `<path class="volume" d="${columns.map((c) => `M${n(c.x)} ${volumeTop + volumeHeight}v${n((-c.volume / most) * volumeHeight)}`).join("")}"/>`,
    `<text class="axis" x="${left - 6}" y="${volumeTop + 10}" text-anchor="end">volume</text>`,
    ...timeAxis(bars),
    ...marks(prepared),
    legend(prepared),
  ];
  return svg(title, parts.join("\n"));
}

const n = (value: number): string => value.toFixed(1);

function svg(title: string, body: string): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeText(title)}">
<style>
text{font:12px system-ui,sans-serif;fill:#555}.axis{font-size:11px}.title{font-size:14px;fill:#222}
.grid{stroke:#8883;stroke-width:1}.range{stroke:#7aa6d8;stroke-width:1}.close{fill:none;stroke:#1f5fa8;stroke-width:1}
.volume{stroke:#9aa;stroke-width:1}.masked{fill:#d9480f;opacity:.18}.roll{stroke:#7b2cbf}.ambiguous{stroke:#7b2cbf;stroke-dasharray:3 3}
.hole{stroke:#c92a2a;stroke-width:2}.filled{stroke:#2b8a3e}.jump{stroke:#e8590c}
@media (prefers-color-scheme:dark){text{fill:#aaa}.title{fill:#eee}}
</style>
<text class="title" x="${left}" y="16">${escapeText(title)}</text>
${body}
</svg>
`;
}

/** Text that is safe inside markup. */
export function escapeText(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}

function xOf(bars: BarSeries, i: number): number {
  return left + (plotWidth * i) / Math.max(1, bars.length - 1);
}

function columnsOf(bars: BarSeries): readonly Column[] {
  const size = Math.max(1, Math.ceil(bars.length / 2000));
  const columns: Column[] = [];
  for (let from = 0; from < bars.length; from += size) {
    const to = Math.min(from + size, bars.length);
    let high = -Infinity;
    let low = Infinity;
    let volume = 0;
    for (let i = from; i < to; i++) {
      high = Math.max(high, bars.h[i] ?? 0);
      low = Math.min(low, bars.l[i] ?? 0);
      volume += bars.v[i] ?? 0;
    }
    columns.push({ x: xOf(bars, (from + to - 1) / 2), high, low, close: bars.c[to - 1] ?? 0, volume });
  }
  return columns;
}

function shades({ bars, masked }: PreparedBars): readonly string[] {
  return masked.map(({ fromMs, toMs }) => {
    const x = xOf(bars, lowerBound(bars.t, fromMs));
    const span = Math.max(1, xOf(bars, lowerBound(bars.t, toMs)) - x);
    return `<rect class="masked" x="${n(x)}" y="${top}" width="${n(span)}" height="${volumeTop + volumeHeight - top}"/>`;
  });
}

function priceAxis(low: number, high: number, y: (price: number) => number): readonly string[] {
  return [0, 1, 2, 3, 4].map((k) => {
    const price = low + ((high - low) * k) / 4;
    const at = n(y(price));
    return `<path class="grid" d="M${left} ${at}H${width - right}"/><text class="axis" x="${left - 6}" y="${at}" dy="4" text-anchor="end">${price.toLocaleString("en-US", { maximumFractionDigits: 2 })}</text>`;
  });
}

function timeAxis(bars: BarSeries): readonly string[] {
  return [0, 1, 2, 3, 4, 5].map((k) => {
    const i = Math.round(((bars.length - 1) * k) / 5);
    const text = new Date(bars.t[i] ?? 0).toISOString().slice(0, 10);
    const anchor = k === 0 ? "start" : k === 5 ? "end" : "middle";
    return `<text class="axis" x="${n(xOf(bars, i))}" y="${volumeTop + volumeHeight + 16}" text-anchor="${anchor}">${text}</text>`;
  });
}

function marks({ bars, rolls, gaps }: PreparedBars): readonly string[] {
  const line = (i: number, kind: string, from: number, to: number, text: string): string =>
    `<path class="${kind}" d="M${n(xOf(bars, i))} ${from}V${to}"><title>${escapeText(text)}</title></path>`;
  const at = (ms: number): string => `${new Date(ms).toISOString().slice(0, 16)}Z`;
  const jumps: string[] = [];
  for (let i = 0; i < bars.length; i++) {
    if (((bars.flags[i] ?? 0) & barFlag.jump) !== 0)
      jumps.push(line(i, "jump", 340, 346, `jump ${at(bars.t[i] ?? 0)}`));
  }
  return [
    ...rolls.map((roll) =>
      line(
        lowerBound(bars.t, roll.t),
        roll.ambiguous ? "ambiguous" : "roll",
        top,
        top + priceHeight,
        `roll ${at(roll.t)} ratio ${roll.ratio.toFixed(5)}`,
      ),
    ),
    ...gaps.map((gap) => {
      const i = lowerBound(bars.t, gap.fromMs);
      return line(i, gap.kind, 330, 338, `${gap.kind} ${at(gap.fromMs)}, ${gap.missing} bars`);
    }),
    ...jumps,
  ];
}

function legend({ rolls, gaps, masked, jumps }: PreparedBars): string {
  const filled = gaps.filter(({ kind }) => kind === "filled").length;
  const items = [
    `${masked.length} masked (shaded)`,
    `${rolls.filter(({ ambiguous }) => !ambiguous).length} rolls (violet)`,
    `${rolls.filter(({ ambiguous }) => ambiguous).length} ambiguous (dashed)`,
    `${gaps.length - filled} holes (red)`,
    `${filled} filled gaps (green)`,
    `${jumps.length} jumps (orange)`,
  ];
  return `<text x="${left}" y="${height - 12}">${items.join(" · ")}</text>`;
}
