/** @file A picture with words: SVG in a notebook, its title and description as text. */
import { type Displayable, withBundle } from "./displayable.ts";

export interface FigureOptions {
  readonly title: string;
  /** What the picture shows, for readers who do not see it: the numbers that matter. */
  readonly alt: string;
}

/** @param svg a complete `<svg>`, for example of `lines`, `matrixMap` or `histogram` */
export function figure(svg: string, { title, alt }: FigureOptions): Displayable {
  return withBundle(() => ({ "text/plain": `${title}\n${alt}`, "image/svg+xml": svg }));
}
