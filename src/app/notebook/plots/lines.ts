/**
 * @file Lines over a common axis, with bands around them, levels to compare with and shaded spans (masks, sessions).
 * Long series keep the extremes of each of 350 columns, so no peak disappears and files stay small.
 */
import { type Axes, colours, extent, frame, label, margin, px, type Scale, scale, size } from "./frame.ts";

/** One line; NaN leaves a gap. */
export interface Line {
  readonly name: string;
  /** Places on x; the index unless given. */
  readonly x?: ArrayLike<number>;
  readonly y: ArrayLike<number>;
  /** Around the line: an interval, a spread. Same length. */
  readonly band?: { readonly low: ArrayLike<number>; readonly high: ArrayLike<number> };
}

export interface LineOptions extends Axes {
  /** Horizontal lines with a name. */
  readonly levels?: readonly { readonly name: string; readonly value: number }[];
  /** Vertical lines with a name: rolls, folds. */
  readonly marks?: readonly { readonly name: string; readonly x: number }[];
  /** Shaded parts of x: masked bars. */
  readonly spans?: readonly { readonly from: number; readonly to: number }[];
}

type Point = readonly [x: number, y: number];

const columnCount = 350;

/** The SVG text. */
export function lines(series: readonly Line[], options: LineOptions): string {
  const points = series.map((line) => pointsOf(line, line.y));
  const bands = series.map((line) =>
    line.band === undefined ? [] : [pointsOf(line, line.band.low), pointsOf(line, line.band.high)],
  );
  const all = [...points, ...bands.flat()].flat();
  const [xLow, xHigh] = extent(all.map(([x]) => x));
  const [yLow, yHigh] = extent([
    ...all.map(([, y]) => y),
    ...(options.levels ?? []).map(({ value }) => value),
  ]);
  const x = scale(xLow, xHigh, margin.left, size.width - margin.right);
  const y = scale(yLow, yHigh, size.height - margin.bottom, margin.top);
  const body = [
    ...(options.spans ?? []).map(({ from, to }) => shade(x, from, to)),
    ...bands.map(([low, high], i) => (low && high ? bandPath(low, high, x, y, colourAt(i)) : "")),
    ...points.map(
      (line, i) => `<path d="${path(line, x, y)}" fill="none" stroke="${colourAt(i)}" stroke-width="1.5"/>`,
    ),
    ...(options.levels ?? []).map(({ name, value }) => level(y.at(value), name)),
    ...(options.marks ?? []).map(({ name, x: at }) => mark(x.at(at), name)),
  ];
  const legend = series.length > 1 ? series.map(({ name }) => name) : [];
  return frame(
    x,
    y,
    options,
    body.filter((part) => part !== ""),
    legend,
  );
}

function colourAt(place: number): string {
  return colours[place % colours.length] ?? colours[0];
}

/** The line's points, thinned to first, extremes and last of each column. */
function pointsOf(line: Line, y: ArrayLike<number>): readonly Point[] {
  const all = Array.from(y, (value, i): Point => [line.x?.[i] ?? i, value]);
  if (all.length <= 2 * columnCount) return all;
  const kept: Point[] = [];
  for (let column = 0; column < columnCount; column += 1) {
    const from = Math.floor((all.length * column) / columnCount);
    const part = all.slice(from, Math.floor((all.length * (column + 1)) / columnCount));
    const lowest = part.reduce((best, point) => (point[1] < best[1] ? point : best));
    const highest = part.reduce((best, point) => (point[1] > best[1] ? point : best));
    kept.push(...(lowest[0] < highest[0] ? [lowest, highest] : [highest, lowest]));
  }
  return kept;
}

function path(points: readonly Point[], x: Scale, y: Scale): string {
  let pen = "M";
  return points
    .map(([at, value]) => {
      if (!Number.isFinite(value)) {
        pen = "M";
        return "";
      }
      const step = `${pen}${px(x.at(at))} ${px(y.at(value))}`;
      pen = "L";
      return step;
    })
    .join("");
}

function bandPath(low: readonly Point[], high: readonly Point[], x: Scale, y: Scale, colour: string): string {
  const back = path(low.toReversed(), x, y).replace("M", "L");
  return `<path d="${path(high, x, y)}${back}Z" fill="${colour}" fill-opacity=".18"/>`;
}

function shade(x: Scale, from: number, to: number): string {
  const start = x.at(from);
  const wide = Math.max(1, x.at(to) - start);
  return `<rect x="${px(start)}" y="${margin.top}" width="${px(wide)}" height="${size.height - margin.top - margin.bottom}" fill="#d55e00" fill-opacity=".18"/>`;
}

function level(at: number, name: string): string {
  const rule = `<path d="M${margin.left} ${px(at)}H${size.width - margin.right}" stroke="#777" stroke-dasharray="5 4"/>`;
  return rule + label(size.width - margin.right, at - 4, "end", name);
}

function mark(at: number, name: string): string {
  return `<path d="M${px(at)} ${margin.top}V${size.height - margin.bottom}" stroke="#7b2cbf"><title>${name}</title></path>`;
}
