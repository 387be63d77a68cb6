/** @file Static SVG charts of daily columns: lines, bands, areas and marks over a common time axis. No script, no network. */
import { escapeHtml } from "./escape.ts";

/** One series of a chart; rows match the dates, null leaves a gap. */
export type Layer =
  | {
      readonly kind: "line";
      readonly label: string;
      readonly values: readonly (number | null)[];
      readonly tone: string;
    }
  | {
      readonly kind: "band";
      readonly label: string;
      readonly low: readonly (number | null)[];
      readonly high: readonly (number | null)[];
      readonly tone: string;
    }
  | {
      readonly kind: "area";
      readonly label: string;
      readonly values: readonly (number | null)[];
      readonly tone: string;
    }
  | {
      readonly kind: "marks";
      readonly label: string;
      readonly points: readonly { readonly index: number; readonly value: number; readonly up: boolean }[];
    };

export interface ChartOptions {
  readonly title: string;
  /** Unit of the vertical axis, printed at its top. */
  readonly unit: string;
  /** Trade dates `yyyymmdd`, one per row. */
  readonly dates: readonly number[];
  readonly layers: readonly Layer[];
  readonly format: (value: number) => string;
  readonly height?: number;
}

const WIDTH = 860;
const MARGIN = { top: 22, right: 10, bottom: 22, left: 64 };
/** Rows beyond the pixel width are thinned to the extremes of each pixel column. */
const COLUMNS = WIDTH - MARGIN.left - MARGIN.right;

/** An `<svg>` with a title, a text summary for assistive tools, axes and the layers in order. */
export function chart({ title, unit, dates, layers, format, height = 240 }: ChartOptions): string {
  const [low, high] = extent(layers);
  const inner = height - MARGIN.top - MARGIN.bottom;
  const x = (index: number): number => MARGIN.left + (COLUMNS * index) / Math.max(1, dates.length - 1);
  const y = (value: number): number => MARGIN.top + inner * (1 - (value - low) / (high - low || 1));
  const grid = ticks(low, high).map(
    (value) =>
      `<line class="grid" x1="${MARGIN.left}" x2="${WIDTH - MARGIN.right}" y1="${px(y(value))}" y2="${px(y(value))}"/>` +
      `<text class="tick" x="${MARGIN.left - 6}" y="${px(y(value) + 4)}" text-anchor="end">${escapeHtml(format(value))}</text>`,
  );
  const body = layers.map((layer) => draw(layer, x, y, y(Math.min(Math.max(0, low), high))));
  return (
    `<figure><div class="scroll plot" tabindex="0" role="region" aria-label="${escapeHtml(title)}"><svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${escapeHtml(`${title}: ${summary(layers, format)}`)}">` +
    `<title>${escapeHtml(title)}</title>` +
    `<text class="unit" x="${MARGIN.left}" y="14">${escapeHtml(unit)}</text>` +
    grid.join("") +
    yearMarks(dates, x, height) +
    body.join("") +
    `</svg></div><figcaption>${layers.map(legend).join("")}</figcaption></figure>`
  );
}

function draw(layer: Layer, x: (i: number) => number, y: (v: number) => number, base: number): string {
  switch (layer.kind) {
    case "line":
      return `<path class="line" style="stroke:${layer.tone}" d="${path(layer.values, x, y)}"/>`;
    case "area": {
      const points = thin(layer.values);
      if (points.length === 0) return "";
      const outline = points.map(([i, v]) => `L${px(x(i))} ${px(y(v))}`).join("");
      const last = points.at(-1)?.[0] ?? 0;
      return `<path class="area" style="fill:${layer.tone}" d="M${px(x(points[0]?.[0] ?? 0))} ${px(base)}${outline}L${px(x(last))} ${px(base)}Z"/>`;
    }
    case "band": {
      const upper = thin(layer.high);
      const lower = thin(layer.low).reverse();
      if (upper.length === 0) return "";
      const points = [...upper, ...lower].map(([i, v]) => `${px(x(i))} ${px(y(v))}`);
      return `<path class="band" style="fill:${layer.tone}" d="M${points.join("L")}Z"/>`;
    }
    case "marks":
      return layer.points
        .map(({ index, value, up }) => {
          const [cx, cy] = [x(index), y(value)];
          const tip = up ? -4 : 4;
          return `<path class="${up ? "up" : "down"}" d="M${px(cx - 3)} ${px(cy)}L${px(cx)} ${px(cy + tip)}L${px(cx + 3)} ${px(cy)}Z"/>`;
        })
        .join("");
    default:
      return layer satisfies never;
  }
}

/** A path with a new start after every gap. */
function path(
  values: readonly (number | null)[],
  x: (i: number) => number,
  y: (v: number) => number,
): string {
  let open = false;
  let text = "";
  let next = 0;
  for (const [index, value] of thin(values)) {
    if (values.slice(next, index).includes(null)) open = false;
    text += `${open ? "L" : "M"}${px(x(index))} ${px(y(value))}`;
    open = true;
    next = index;
  }
  return text;
}

/** Rows with a value; at most the lowest and the highest of each pixel column, in order. */
function thin(values: readonly (number | null)[]): (readonly [index: number, value: number])[] {
  const present = values.flatMap((value, index) => (value === null ? [] : [[index, value] as const]));
  if (present.length <= 2 * COLUMNS) return present;
  const columns = new Map<number, (readonly [number, number])[]>();
  for (const point of present) {
    const column = Math.floor((COLUMNS * point[0]) / values.length);
    const known = columns.get(column);
    if (known === undefined) columns.set(column, [point]);
    else known.push(point);
  }
  return Array.from(columns.values()).flatMap((points) => {
    const sorted = [...points].sort((a, b) => a[1] - b[1]);
    const ends = [sorted[0], sorted.at(-1)].filter((point) => point !== undefined);
    return ends.sort((a, b) => a[0] - b[0]);
  });
}

function extent(layers: readonly Layer[]): [number, number] {
  let low = Infinity;
  let high = -Infinity;
  const see = (value: number | null): void => {
    if (value === null || !Number.isFinite(value)) return;
    low = Math.min(low, value);
    high = Math.max(high, value);
  };
  for (const layer of layers) {
    if (layer.kind === "marks") for (const point of layer.points) see(point.value);
    else if (layer.kind === "band") [...layer.low, ...layer.high].forEach(see);
    else layer.values.forEach(see);
    if (layer.kind === "area") see(0);
  }
  return low > high ? [0, 1] : low === high ? [low - 1, high + 1] : [low, high];
}

/** Round values, about five, inside the range. */
function ticks(low: number, high: number): number[] {
  const rough = (high - low) / 5;
  const power = Number(`1e${Math.floor(Math.log10(rough))}`);
  const step = power * ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10);
  const first = Math.ceil(low / step);
  return Array.from({ length: Math.floor(high / step) - first + 1 }, (_, i) => (first + i) * step);
}

function yearMarks(dates: readonly number[], x: (i: number) => number, height: number): string {
  return dates
    .map((date, i) => [Math.floor(date / 10_000), i] as const)
    .filter(([year, i]) => i > 0 && year !== Math.floor((dates[i - 1] ?? 0) / 10_000))
    .map(
      ([year, i]) =>
        `<line class="grid" x1="${px(x(i))}" x2="${px(x(i))}" y1="${MARGIN.top}" y2="${height - MARGIN.bottom}"/>` +
        `<text class="tick" x="${px(x(i))}" y="${height - 6}">${year}</text>`,
    )
    .join("");
}

function legend(layer: Layer): string {
  if (layer.kind === "marks") return `<span><i class="up-key"></i>${escapeHtml(layer.label)}</span>`;
  return `<span><i style="background:${layer.tone}"></i>${escapeHtml(layer.label)}</span>`;
}

function summary(layers: readonly Layer[], format: (value: number) => string): string {
  return layers
    .flatMap((layer) => {
      if (layer.kind !== "line" && layer.kind !== "area") return [];
      const present = layer.values.filter((value) => value !== null);
      const last = present.at(-1);
      if (last === undefined) return [];
      return [
        `${layer.label} ends at ${format(last)}, from ${format(Math.min(...present))} to ${format(Math.max(...present))}`,
      ];
    })
    .join("; ");
}

function px(value: number): string {
  return value.toFixed(1);
}
