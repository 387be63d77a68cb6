/** @file A few lines with their intervals over common axes, as one SVG: no script, readable on white and on dark. */
import { bandPath, frame, height, linePath, margin, scale, text, tickText, width } from "./plot.ts";

/** Points in order of `x`; `low` and `high` are the 95 % interval at each. */
export interface PlotLine {
  readonly label: string;
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly low: readonly number[];
  readonly high: readonly number[];
}

const colours = ["#2a78d6", "#c0562f", "#777"] as const;

/** The SVG text. */
export function plotLines(
  lines: readonly PlotLine[],
  axes: { readonly x: string; readonly y: string },
): string {
  const xs = lines.flatMap((line) => line.x);
  const ys = lines.flatMap(({ high, low }) => [...low, ...high]).filter(Number.isFinite);
  const x = scale(Math.min(...xs), Math.max(...xs), margin.left, width - margin.right);
  const y = scale(Math.min(...ys), Math.max(...ys), height - margin.bottom, margin.top);
  return [
    ...frame(x, y, axes.x, axes.y, tickText),
    ...lines.flatMap((line, i) => {
      const colour = colours[i % colours.length];
      return [
        `<path d="${bandPath(line, x, y)}" fill="${colour}" fill-opacity="0.15"/>`,
        `<path d="${linePath(line.x, line.y, x, y)}" fill="none" stroke="${colour}" stroke-width="2"/>`,
        `<g fill="${colour}">${text(width - margin.right - 4, margin.top + 14 + 16 * i, "end", line.label)}</g>`,
      ];
    }),
    "</svg>",
    "",
  ].join("\n");
}
