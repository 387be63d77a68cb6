/** @file C15 and C16, for environments with data and with money: they need a hook, and are not applicable without it. */
import type { Suite } from "../options.ts";
import { firstDifference, play, trajectory } from "../play.ts";
import { type Outcome, PASSED, failed, notApplicable } from "../report.ts";

/** C15: changing the data behind step t leaves reset and steps 1 .. t as they were. */
export function noLookAhead(suite: Suite): Outcome {
  const { lookAhead } = suite.options;
  if (lookAhead === undefined) return notApplicable("no lookAhead hook: the environment has no data");
  const play = { episodes: 1, maxSteps: suite.maxSteps, seed: 101 };
  const original = trajectory(suite.create(), play);
  for (const kind of ["perturb", "truncate"] as const) {
    for (const after of [0, 1, Math.floor(original.length / 2)]) {
      const changed = trajectory(lookAhead({ kind, after }), play);
      const difference = firstDifference(original.slice(0, after + 1), changed.slice(0, after + 1));
      if (difference === undefined) continue;
      return failed(
        `data changed (${kind}) behind step ${after}: ${difference}`,
        "Compute what step t shows from data up to t only; the end of the data may show in no earlier step.",
      );
    }
  }
  return PASSED;
}

/** C16: the books balance after every step. */
export function conservation(suite: Suite): Outcome {
  const { conservation: residual } = suite.options;
  if (residual === undefined) return notApplicable("no conservation hook: the environment has no money");
  let fault: Outcome | undefined;
  const options = { episodes: suite.episodes, maxSteps: suite.maxSteps, seed: 102 };
  play(suite.create(), options, ({ env, step }) => {
    const ticks = residual(env);
    if (ticks !== 0) {
      fault = failed(
        `after step ${step} the books are off by ${ticks} ticks`,
        "Book every fill, fee and carry in whole ticks: cash + position value + fees - initial cash - traded profit = 0.",
      );
    }
    return fault !== undefined;
  });
  return fault ?? PASSED;
}
