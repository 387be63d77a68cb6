/** @file The rules of a decision record, for records that come from a journal or another process. Unknown keys are refused. */
import { z } from "zod";
import { type DecisionRecord, outcomes } from "./decision-record.ts";

const finite = z.number();
const share = z.number().min(0).max(1);
const name = z.string();
const side = z.literal([1, -1]);

const agent = z.strictObject({
  agent: name,
  probabilities: z.array(share),
  epistemic: finite,
  total: finite,
  agreement: share,
  passes: z.int().min(1),
});

const check = z.strictObject({
  by: z.enum(["qualification", "gate"]),
  name,
  measured: finite.nullable(),
  limit: finite.nullable(),
  slack: finite.nullable(),
  pass: z.boolean(),
  code: name.nullable(),
});

const risk = z.strictObject({
  status: z.enum(["approved", "approved_reduced", "rejected"]),
  effect: z.enum(["open", "reduce", "none"]),
  requestedUnits: z.int().min(0),
  approvedUnits: z.int().min(0),
  caps: z.array(z.strictObject({ name, before: finite, after: finite })),
  binding: name.nullable(),
  stop: finite.nullable(),
  target: finite.nullable(),
  riskUsd: finite.nullable(),
  riskPct: finite.nullable(),
});

const order = z.strictObject({
  id: z.int().nullable(),
  refusal: name.nullable(),
  side,
  units: z.int().min(1),
  type: name,
  price: finite.nullable(),
  stop: finite.nullable(),
  targets: z.array(z.strictObject({ price: finite, share: finite })),
});

const core = {
  version: z.literal(1),
  id: name,
  symbol: name,
  bar: z.int().min(0),
  time: z.int(),
  price: finite,
  policy: name,
  input: name,
  agents: z.array(agent),
  weights: z.array(share),
  pooled: z.array(share),
  position: z.int(),
  reasons: z.array(name),
};

const belief = {
  action: name,
  bias: z.strictObject({ bull: share, neutral: share, bear: share }),
  confidence: share,
  disagreement: finite,
  sizeScale: share,
  targetExposure: finite,
};

const trade = {
  outcome: z.enum(outcomes),
  direction: z.literal([1, 0, -1]),
  checks: z.array(check),
  risk: risk.nullable(),
  plan: z
    .strictObject({
      style: name,
      approvedUnits: z.int().min(0),
      units: z.int().min(0),
      orders: z.array(order),
    })
    .refine(({ approvedUnits, units }) => units <= approvedUnits, "Execution never enlarges")
    .nullable(),
};

/** Version 1. */
export const decisionRecordSchema: z.ZodType<DecisionRecord> = z.discriminatedUnion("stage", [
  z.strictObject({ ...core, ...belief, stage: z.literal("strategic"), contextId: name }),
  z.strictObject({
    ...core,
    ...trade,
    stage: z.literal("tactical"),
    score: share,
    counter: z.boolean(),
    requestedFraction: share,
    context: z.strictObject({ id: name, ageBars: finite, weight: share }).nullable(),
    synergy: z.int().min(0).max(4),
  }),
  z.strictObject({
    ...core,
    ...belief,
    ...trade,
    stage: z.literal("strategic-only"),
    requestedUnits: z.int().min(0),
  }),
]);
