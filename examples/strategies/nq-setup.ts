/** @file How the NQ examples run: real costs, exchange rules, flat ten minutes before the close, the shipped hard limits. */
import { sessionCalendar } from "../../src/market/session.ts";
import { contractSpec } from "../../src/market/instruments.ts";
import { costTable, freeOfCosts } from "../../src/trading/costs/cost-model.ts";
import type { RunSetup } from "../../src/trading/engine/setup.ts";
import { fillProfiles } from "../../src/trading/fills/fill-rules.ts";
import { hardLimits } from "../../src/trading/limits/pre-trade.ts";
import { nqMargin } from "../../src/trading/margin.ts";

const spec = contractSpec("NQ");

/** Profile A: one million USD, NQ. */
export const nqSetup: RunSetup = {
  contract: spec,
  costs: costTable[spec.costKey] ?? freeOfCosts,
  fills: fillProfiles.exchange,
  initialUsd: 1_000_000,
  gates: { calendar: sessionCalendar(spec.sessionTemplate), flatBeforeCloseMin: 10 },
  margin: { kind: "table", rows: [nqMargin] },
  // Equal orders come back at the next bar on purpose, so the duplicate rule is off.
  limits: { ...hardLimits, duplicateWindowMs: 0 },
  ladder: true,
};
