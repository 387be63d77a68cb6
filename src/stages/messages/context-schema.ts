/**
 * @file What the content of a strategic message must satisfy, whoever sends it: ranges, sums, order of times. Sums of
 * probabilities are given the rounding of float32 networks.
 */
import { z } from "zod";
import type { ContextContent } from "./strategic-context.ts";

const tolerance = 1e-4;
const maximalActionEntropy = Math.log(5) + tolerance;
const maximalStateEntropy = Math.log(8) + tolerance;
const embeddingNumbers = 64;

const share = z.number().min(0).max(1);

function sumsToOne(numbers: readonly number[]): boolean {
  return Math.abs(numbers.reduce((a, b) => a + b, 0) - 1) <= tolerance;
}

/** The rules; unknown keys are refused. */
export const contentSchema: z.ZodType<ContextContent> = z
  .strictObject({
    seq: z.int().min(0),
    systemVersion: z.string(),
    barOpen: z.number(),
    barClose: z.number(),
    bias: z
      .strictObject({ bull: share, neutral: share, bear: share })
      .refine(({ bull, neutral, bear }) => sumsToOne([bull, neutral, bear]), "must sum to 1"),
    confidence: share,
    uncertainty: z.strictObject({
      epistemic: z.number().min(0).max(maximalActionEntropy),
      total: z.number().min(0).max(maximalActionEntropy),
      agreement: share,
    }),
    regime: z.array(share).length(8).refine(sumsToOne, "must sum to 1"),
    regimeEmbedding: z.array(z.number()).max(embeddingNumbers),
    volatilityForecast: z.number().min(0),
    synergy: z
      .strictObject({
        type: z.literal([1, 2, 3, 4]),
        direction: z.literal([1, -1]),
        confidence: share,
        ageBars: z.number().min(0),
      })
      .optional(),
    targetExposure: z.number().min(-1).max(1),
    riskBudget: share,
    urgency: share,
    stateEntropy: z.number().min(0).max(maximalStateEntropy),
    dataSource: z.enum(["real", "synthetic", "bridged"]),
  })
  .refine(({ barOpen, barClose }) => barClose > barOpen, "a bar closes after it opens");
