/** @file A learning curve with its interval and baselines as one SVG: no script, readable on white and on dark. */
import type { Baseline, Curve } from "../reproduce/contract.ts";

export const width = 640;
export const height = 320;
/** Pixels around the plot. */
export const margin = { left: 64, right: 16, top: 16, bottom: 44 } as const;

/** From numbers to pixels. */
export interface Scale {
  readonly low: number;
  readonly high: number;
  readonly at: (value: number) => number;
}

/** The SVG text of a curve; `metric` labels the vertical axis. */
export function plotCurve(curve: Curve, metric: string, baselines: readonly Baseline[]): string {
  const values = [...curve.low, ...curve.high, ...baselines.map((baseline) => baseline.value)].filter(
    Number.isFinite,
  );
  const x = scale(0, Math.max(1, ...curve.steps), margin.left, width - margin.right);
  const y = scale(Math.min(...values), Math.max(...values), height - margin.bottom, margin.top);
  return [
    ...frame(x, y, "environment steps", metric, stepsText),
    ...baselines.flatMap((baseline) => baselineLine(y.at(baseline.value), baseline.name)),
    `<path d="${bandPath({ x: curve.steps, low: curve.low, high: curve.high }, x, y)}" fill="#2a78d6" fill-opacity="0.2"/>`,
    `<path d="${linePath(curve.steps, curve.mean, x, y)}" fill="none" stroke="#2a78d6" stroke-width="2"/>`,
    "</svg>",
    "",
  ].join("\n");
}

/** The opened `<svg>` with its grid, tick labels and the names of both axes. */
export function frame(
  x: Scale,
  y: Scale,
  xName: string,
  yName: string,
  xText: (value: number) => string,
): string[] {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12" fill="#777">`,
    ...ticks(y).map((value) => horizontal(y.at(value), tickText(value))),
    ...ticks(x).map((value) => text(x.at(value), height - margin.bottom + 18, "middle", xText(value))),
    text((margin.left + width - margin.right) / 2, height - 6, "middle", xName),
    `<text x="14" y="${height / 2}" text-anchor="middle" transform="rotate(-90 14 ${height / 2})">${escapeText(yName)}</text>`,
  ];
}

export function scale(low: number, high: number, from: number, to: number): Scale {
  const range = high > low ? high - low : 1;
  return { low, high, at: (value) => Math.round((from + ((value - low) / range) * (to - from)) * 10) / 10 };
}

/** Three to seven round numbers inside the scale. */
function ticks({ low, high }: Scale): number[] {
  const range = high > low ? high - low : 1;
  const decade = 10 ** Math.floor(Math.log10(range));
  const step = [0.2, 0.5, 1, 2].map((factor) => factor * decade).find((size) => range / size <= 7) ?? decade;
  const first = Math.ceil(low / step);
  return Array.from({ length: Math.floor(high / step) - first + 1 }, (_, i) => (first + i) * step);
}

/** The `d` of a line through points. */
export function linePath(steps: readonly number[], values: readonly number[], x: Scale, y: Scale): string {
  return steps.map((step, i) => `${i === 0 ? "M" : "L"}${x.at(step)} ${y.at(values[i] ?? 0)}`).join("");
}

/** The `d` of the area between two lines over the same points. */
export function bandPath(
  band: { readonly x: readonly number[]; readonly low: readonly number[]; readonly high: readonly number[] },
  x: Scale,
  y: Scale,
): string {
  const back = linePath(band.x.toReversed(), band.low.toReversed(), x, y).replace("M", "L");
  return `${linePath(band.x, band.high, x, y)}${back}Z`;
}

function horizontal(at: number, label: string): string {
  const rule = `<path d="M${margin.left} ${at}H${width - margin.right}" stroke="#777" stroke-opacity="0.25"/>`;
  return rule + text(margin.left - 6, at + 4, "end", label);
}

function baselineLine(at: number, name: string): string[] {
  const rule = `<path d="M${margin.left} ${at}H${width - margin.right}" stroke="#c0562f" stroke-dasharray="5 4"/>`;
  return [rule, text(width - margin.right, at - 4, "end", name)];
}

export function text(x: number, y: number, anchor: "start" | "middle" | "end", content: string): string {
  return `<text x="${x}" y="${y}" text-anchor="${anchor}">${escapeText(content)}</text>`;
}

export function tickText(value: number): string {
  return String(Number(value.toPrecision(6)));
}

function stepsText(value: number): string {
  if (value >= 1e6) return `${tickText(value / 1e6)} M`;
  return value >= 1e3 ? `${tickText(value / 1e3)} k` : tickText(value);
}

function escapeText(content: string): string {
  return content.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
