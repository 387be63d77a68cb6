/** @file A picture with words: SVG under its title in a notebook, title and description as text. */
import { escapeText } from "../../../market/report/quality-chart.ts";
import { type Displayable, withBundle } from "./displayable.ts";

export interface FigureOptions {
  readonly title: string;
  /** What the picture shows, for readers who do not see it: the numbers that matter. */
  readonly alt: string;
}

/** Room for the title, px. */
const head = 26;

/** @param svg a complete `<svg>`, for example of `lines`, `matrixMap` or `histogram` */
export function figure(svg: string, { title, alt }: FigureOptions): Displayable {
  return withBundle(() => ({ "text/plain": `${title}\n${alt}`, "image/svg+xml": titled(svg, title, alt) }));
}

/** Title above the picture, description inside; anything but a plot of ours stays as it is. */
function titled(svg: string, title: string, alt: string): string {
  return svg.replace(
    /^(<svg [^>]*)viewBox="0 0 (\d+) (\d+)" width="\d+" height="\d+"([^>]*)>/,
    (_, start: string, width: string, height: string, rest: string) => {
      const tall = Number(height) + head;
      const words = `<text x="8" y="-8" font-size="14" font-weight="bold">${escapeText(title)}</text>`;
      return `${start}viewBox="0 ${-head} ${width} ${tall}" width="${width}" height="${tall}"${rest}><desc>${escapeText(alt)}</desc>${words}`;
    },
  );
}
