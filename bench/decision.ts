/**
 * @file `npm run bench -- decision`: decisions on the real code path over real columns of synthetic bars, one thread; what
 * each contains stands beside it. Weights are those of a start of training: their values do not change the time.
 */
import { strategicFigures } from "./decision/strategic.ts";
import { tacticalFigures } from "./decision/tactical.ts";
import type { Suite } from "./figures.ts";

/** Every figure of a decision. */
export const decisionSuite: Suite = async (context) => [
  ...(await strategicFigures(context)),
  ...(await tacticalFigures(context)),
];
