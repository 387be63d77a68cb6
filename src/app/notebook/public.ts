/** @file What notebooks import from `grandmodel/notebook`. Importing it also makes stray exceptions fail the run. */
import { listenForFaults } from "./helpers/listeners.ts";
import { listenForStop } from "./helpers/stop.ts";

export { budget } from "./helpers/budget.ts";
export { check, type Rule } from "./helpers/check.ts";
export { type Bundle, type Displayable, displayable } from "./helpers/displayable.ts";
export { figure, type FigureOptions } from "./helpers/figure.ts";
export { type NotebookProgress, progress } from "./helpers/progress.ts";
export { show } from "./helpers/show.ts";
export { table, type TableOptions, type TableValue } from "./helpers/table.ts";

export { histogram, namedBars } from "./plots/bars.ts";
export { type Line, type LineOptions, lines } from "./plots/lines.ts";
export { matrixMap, type MatrixMapOptions } from "./plots/matrix-map.ts";

// What the training notebooks share: places, steps, resumable training, the report at the end.
export { findData, notebookProfile } from "./workbench/places.ts";
export { oneFold } from "./workbench/one-fold.ts";
export {
  baselinesFigure,
  learnerFigure,
  priceFigure,
  rewardFigure,
  validationTable,
} from "./workbench/pictures.ts";
export { step } from "./workbench/session.ts";
export { latencies, quantile } from "./workbench/timing.ts";
export { trainResumable } from "./workbench/train-resumable.ts";
export { writeValidationReport } from "./workbench/validation-report.ts";

listenForFaults();
listenForStop();
