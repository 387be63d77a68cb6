/**
 * @file Strategic messages for tactical training, from models that have not been trained on the bars they speak about:
 * the training part is cut into K parts in time, model k is trained without part k, and part k gets its messages from model k.
 * A tactical team that learnt from in-sample messages would trust a strategic team that does not exist out of sample.
 * Spec: strategic-tactical.md section 9.6.
 */
import { Generator } from "../../runtime/random/generator.ts";
import { foldIn, keyFromSeed } from "../../runtime/random/key.ts";
import { seal } from "../../stages/messages/seal-context.ts";
import type { StrategicContext } from "../../stages/messages/strategic-context.ts";
import type { StrategicModel } from "../../stages/model.ts";
import { strategicPolicy } from "../../stages/strategic/decide.ts";
import type { BarRange } from "./folds.ts";
import { strategicModel } from "./models.ts";
import { strategicShadow } from "./shadow.ts";
import type { StrategicStage } from "./stage.ts";
import { trainStage, type TrainingHooks, type TrainingRequest } from "./train-stage.ts";

/** Whether the tactical team hears the strategic one; `shuffled` keeps the times and mixes up what was said. */
export type ContextMode = "on" | "off" | "shuffled";

/** The messages of a model at every admissible close of a range. @param passes of dropout for each decision */
export async function strategicMessages(
  model: StrategicModel,
  stage: StrategicStage,
  range: BarRange,
  passes: number,
): Promise<readonly StrategicContext[]> {
  await using policy = await strategicPolicy(model, { mcPasses: passes });
  const { contexts } = await strategicShadow(stage.options.market, policy, range);
  return contexts;
}

export interface OutOfFoldRequest extends Omit<TrainingRequest, "stage" | "without" | "curriculum"> {
  readonly stage: StrategicStage;
  /** K >= 2. */
  readonly parts: number;
  readonly passes: number;
}

/** Messages over the whole training part, in order of time. */
export async function outOfFoldContexts(
  { parts, passes, ...request }: OutOfFoldRequest,
  hooks: Pick<TrainingHooks, "signal" | "clock" | "progress"> = {},
): Promise<readonly StrategicContext[]> {
  const { seed, stage, train } = request;
  const messages: StrategicContext[] = [];
  for (const [k, part] of cut(train, parts).entries()) {
    const trained = await trainStage({ ...request, without: part, seed: seed + 1000 * (k + 1) }, hooks);
    const model = strategicModel({ ...request, trained });
    messages.push(...(await strategicMessages(model, stage, part, passes)));
  }
  return renumbered(messages);
}

/** Equal parts in order. */
export function cut({ from, to }: BarRange, parts: number): readonly BarRange[] {
  const at = (k: number): number => from + Math.floor((k * (to - from)) / parts);
  return Array.from({ length: parts }, (_, k) => ({ from: at(k), to: at(k + 1) }));
}

/** What the tactical team is told in each mode. */
export function contextsInMode(
  contexts: readonly StrategicContext[],
  mode: ContextMode,
  seed: number,
): readonly StrategicContext[] {
  switch (mode) {
    case "on":
      return contexts;
    case "off":
      return [];
    case "shuffled": {
      const order = Int32Array.from(contexts.keys());
      Generator.fromKey(foldIn(keyFromSeed(seed), "shuffled-contexts")).shuffle(order);
      return contexts.map((context, i) => {
        const { barClose, barOpen, seq } = context;
        return seal({ ...contentOf(contexts[order[i] ?? i] ?? context), barClose, barOpen, seq });
      });
    }
    default:
      return mode satisfies never;
  }
}

/** Consecutive numbers: models that speak one after the other are one sender to the receiver. */
export function renumbered(contexts: readonly StrategicContext[]): readonly StrategicContext[] {
  return contexts.map((context, seq) =>
    context.seq === seq ? context : seal({ ...contentOf(context), seq }),
  );
}

function contentOf(context: StrategicContext): Parameters<typeof seal>[0] {
  const { expiresAt: _, hash: __, id: ___, validFrom: ____, version: _____, ...content } = context;
  return content;
}
