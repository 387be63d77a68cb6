/**
 * @file Property tests draw the same cases in every run, so that a red run is a change of the code and not of the dice.
 * `GRANDMODEL_TEST_SEED=<n>` explores other cases.
 */
import fc from "fast-check";

const seed = Number(process.env["GRANDMODEL_TEST_SEED"] ?? 20_261_124);
fc.configureGlobal({ seed });
