/** @file Bars: a histogram of many values, or one bar for each name. */
import {
  type Axes,
  colours,
  extent,
  frame,
  label,
  margin,
  open,
  px,
  scale,
  size,
  numberText,
} from "./frame.ts";

/** How often values fall into each of `bins` equal parts of their range. */
export function histogram(values: ArrayLike<number>, options: Axes & { readonly bins?: number }): string {
  const { bins = 40 } = options;
  const finite = Array.from(values).filter(Number.isFinite);
  const [low, high] = extent(finite);
  const counts = new Float64Array(bins);
  const wide = (high - low || 1) / bins;
  for (const value of finite) {
    const at = Math.min(bins - 1, Math.floor((value - low) / wide));
    counts[at] = (counts[at] ?? 0) + 1;
  }
  const x = scale(low, high > low ? high : low + 1, margin.left, size.width - margin.right);
  const y = scale(0, Math.max(1, ...counts), size.height - margin.bottom, margin.top);
  const body = Array.from(counts, (count, i) => {
    const start = x.at(low + i * wide);
    const width = Math.max(0.5, x.at(low + (i + 1) * wide) - start - 0.5);
    return `<rect x="${px(start)}" y="${px(y.at(count))}" width="${px(width)}" height="${px(y.at(0) - y.at(count))}" fill="${colours[0]}"/>`;
  });
  return frame(x, y, options, body);
}

/** One horizontal bar for each name, with its value; negative ones go left. */
export function namedBars(
  rows: readonly { readonly name: string; readonly value: number }[],
  unit: string,
): string {
  const rowHeight = 22;
  const left = 190;
  const height = rows.length * rowHeight + 28;
  const [low, high] = extent([0, ...rows.map(({ value }) => value)]);
  const x = scale(low, high, left, size.width - 80);
  const body = rows.map(({ name, value }, i) => {
    const [from, to] = [x.at(Math.min(0, value)), x.at(Math.max(0, value))];
    const y = 6 + i * rowHeight;
    const bar = `<rect x="${px(from)}" y="${y}" width="${px(Math.max(0.5, to - from))}" height="${rowHeight - 6}" fill="${value < 0 ? colours[1] : colours[0]}"/>`;
    return label(left - 6, y + 13, "end", name) + bar + label(to + 4, y + 13, "start", numberText(value));
  });
  return [
    open(size.width, height),
    ...body,
    label((left + size.width) / 2, height - 4, "middle", unit),
    "</svg>",
  ].join("\n");
}
