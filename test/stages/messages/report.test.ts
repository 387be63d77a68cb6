/** @file The report of the tactical stage: sums, and that each starts empty. */
import { expect, it } from "vitest";
import { ReportBuilder } from "../../../src/stages/messages/tactical-report.ts";

it("reports what happened since the last strategic close, once", () => {
  const builder = new ReportBuilder();
  builder.filled({ time: 1, contracts: 3, priceTicks: 100, slippageTicks: 2 });
  builder.filled({ time: 2, contracts: -1, priceTicks: 101, slippageTicks: 0 });
  builder.exposed({ time: 1, exposure: 0.75 });
  for (const reason of ["BELOW_THRESHOLD", "SIZE_ZERO", "BELOW_THRESHOLD"]) builder.refused(reason);
  const report = builder.close(30);
  expect(report).toMatchObject({
    time: 30,
    realisedSlippageTicks: 1.5,
    exposurePath: [{ time: 1, exposure: 0.75 }],
    rejected: { BELOW_THRESHOLD: 2, SIZE_ZERO: 1 },
  });
  expect(report.fills).toHaveLength(2);
  expect(builder.close(60)).toEqual({
    time: 60,
    fills: [],
    realisedSlippageTicks: 0,
    exposurePath: [],
    rejected: {},
  });
});
