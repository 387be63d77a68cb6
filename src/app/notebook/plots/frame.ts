/**
 * @file What every plot shares: size, scales, round ticks, axes. SVG text without script or font of its own, readable on
 * white and on dark, one decimal of a pixel, so that equal data make equal bytes.
 */
import { escapeText } from "../../../market/report/quality-chart.ts";

export const size = { width: 720, height: 300 } as const;
export const margin = { left: 64, right: 16, top: 28, bottom: 44 } as const;

/** Colours that stay apart in print and for colour-blind eyes (Okabe and Ito 2008). */
export const colours = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"] as const;

/** From data to pixels. */
export interface Scale {
  readonly low: number;
  readonly high: number;
  readonly at: (value: number) => number;
}

/** Linear; an empty range is widened, so that a constant has a place. */
export function scale(low: number, high: number, from: number, to: number): Scale {
  const isFlat = !(high > low);
  const [bottom, top] = isFlat ? [low - 0.5, low + 0.5] : [low, high];
  return { low: bottom, high: top, at: (value) => from + ((value - bottom) / (top - bottom)) * (to - from) };
}

/** Three to seven round numbers inside the scale. */
export function ticks({ low, high }: Scale): readonly number[] {
  const range = high - low;
  const decade = Number(`1e${Math.floor(Math.log10(range))}`);
  const step = [0.2, 0.5, 1, 2].map((factor) => factor * decade).find((each) => range / each <= 7) ?? decade;
  const first = Math.ceil(low / step - 1e-9);
  const count = Math.floor(high / step + 1e-9) - first + 1;
  return Array.from({ length: count }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

/** Labels of an axis. */
export interface Axes {
  readonly x: string;
  readonly y: string;
  /** Text of a tick on x; the number unless given. */
  readonly xText?: (value: number) => string;
}

/** The whole picture around `body`. */
export function frame(
  x: Scale,
  y: Scale,
  axes: Axes,
  body: readonly string[],
  legend: readonly string[] = [],
): string {
  const { width, height } = size;
  const bottom = height - margin.bottom;
  const xText = axes.xText ?? numberText;
  return [
    open(width, height),
    ...ticks(y).map((value) => {
      const at = px(y.at(value));
      return `<path d="M${margin.left} ${at}H${width - margin.right}" stroke="#777" stroke-opacity=".25"/>${label(margin.left - 6, y.at(value) + 4, "end", numberText(value))}`;
    }),
    ...ticks(x).map((value) => label(x.at(value), bottom + 18, "middle", xText(value))),
    label((margin.left + width - margin.right) / 2, height - 6, "middle", axes.x),
    `<text x="14" y="${bottom / 2}" text-anchor="middle" transform="rotate(-90 14 ${bottom / 2})">${escapeText(axes.y)}</text>`,
    ...body,
    ...legend.map((text, i) => legendEntry(text, i, legend)),
    "</svg>",
  ].join("\n");
}

/** Width and height are said too: a page that shows SVG as an image would give it none. */
export function open(width: number, height: number): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="sans-serif" font-size="12" fill="#666">`;
}

export function label(x: number, y: number, anchor: "start" | "middle" | "end", text: string): string {
  return `<text x="${px(x)}" y="${px(y)}" text-anchor="${anchor}">${escapeText(text)}</text>`;
}

const entryGap = 34;
const letterWidth = 6.2;

/** One line above the plot, so that no curve hides it. */
function legendEntry(text: string, place: number, all: readonly string[]): string {
  const letters = all.slice(0, place).reduce((sum, { length }) => sum + length, 0);
  const x = margin.left + place * entryGap + letters * letterWidth;
  const colour = colours[place % colours.length];
  return `<path d="M${px(x)} 12h14" stroke="${colour}" stroke-width="2"/>${label(x + 18, 16, "start", text)}`;
}

export function px(value: number): string {
  return String(Math.round(value * 10) / 10);
}

/** 12.5 k, 3 M; six figures below a thousand. */
export function numberText(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e6) return `${Number((value / 1e6).toPrecision(4))} M`;
  return size >= 1e4 ? `${Number((value / 1e3).toPrecision(4))} k` : String(Number(value.toPrecision(6)));
}

/** Extremes of what is finite; 0 to 1 when nothing is. */
export function extent(values: Iterable<number>): readonly [number, number] {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return low <= high ? [low, high] : [0, 1];
}
