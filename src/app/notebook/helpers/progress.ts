/** @file `progress(total)`: one line that is rewritten while a long call works, and keeps its last state. */
import { inNotebook, publish, republish } from "./display.ts";

export interface NotebookProgress {
  /** Tells how much is done; drawn four times a second at most. */
  readonly update: (done: number, words?: string) => Promise<void>;
  /** Draws the last state. */
  readonly end: (words?: string) => Promise<void>;
}

const redrawMs = 250;

/** @param total of the same unit as `done` */
export function progress(total: number, label: string): NotebookProgress {
  const id = `progress-${label}-${performance.now()}`;
  let done = 0;
  let shown = false;
  let drawnMs = -Infinity;
  const draw = async (words: string): Promise<void> => {
    const text = `${label}: ${done.toLocaleString("en-US")} of ${total.toLocaleString("en-US")}${words === "" ? "" : `, ${words}`}`;
    // Before waiting: the next update may come first, and must rewrite this line.
    const isFirst = !shown;
    shown = inNotebook();
    drawnMs = performance.now();
    if (isFirst) await publish({ "text/plain": text }, id);
    else await republish({ "text/plain": text }, id);
  };
  return {
    update: async (now, words = "") => {
      done = now;
      if (inNotebook() && performance.now() - drawnMs >= redrawMs) await draw(words);
    },
    end: (words = "") => draw(words),
  };
}
