/**
 * @file Reconciles steps, updates, environments and minibatches before anything is built, and says what will happen.
 * Remainders are refused: a run that silently does 499,712 of 500,000 steps is a run nobody asked for.
 */
import type { ResolvedConfig } from "./config.ts";
import { learnerError } from "./issues.ts";

/** What one role group does per update. */
export interface GroupPlan {
  /** Environment-time samples of one minibatch (each holds all agents of the group). */
  readonly samplesPerMinibatch: number;
  /** Optimiser steps per update. */
  readonly optimiserSteps: number;
}

export interface RunPlan {
  readonly updates: number;
  readonly stepsPerUpdate: number;
  readonly groups: { readonly [name: string]: GroupPlan };
  /** Settings that are allowed and known to hurt. */
  readonly warnings: readonly string[];
}

/** @throws GrandModelError `TRAINER_PLAN` where something does not divide evenly, with the nearest that does. */
export function planRun(config: ResolvedConfig): RunPlan {
  const stepsPerUpdate = config.copies * config.horizon;
  const updates = config.totalSteps / stepsPerUpdate;
  if (!Number.isInteger(updates)) {
    const below = Math.floor(updates) * stepsPerUpdate;
    throw learnerError("TRAINER_PLAN", {
      path: "totalSteps",
      value: config.totalSteps,
      expected: `a multiple of copies x horizon = ${config.copies} x ${config.horizon} = ${stepsPerUpdate}`,
      hint: `Use ${below === 0 ? "" : `${below} or `}${below + stepsPerUpdate}.`,
    });
  }
  const groups = Object.entries(config.groups).map(([name, group]): [string, GroupPlan] => {
    const chunk = group.network.kind === "gru" ? group.network.chunk : 1;
    if (config.horizon % chunk !== 0) {
      throw learnerError("TRAINER_PLAN", {
        path: `groups.${name}.network.chunk`,
        value: chunk,
        expected: `a divisor of the horizon ${config.horizon}`,
        hint: "A chunk that crosses the end of the rollout would need the future.",
      });
    }
    const samplesPerMinibatch = stepsPerUpdate / chunk / group.minibatches;
    if (!Number.isInteger(samplesPerMinibatch)) {
      throw learnerError("TRAINER_PLAN", {
        path: `groups.${name}.minibatches`,
        value: group.minibatches,
        expected: `a divisor of the ${stepsPerUpdate / chunk} samples of an update`,
        hint: "Choose a power of two where copies and horizon are powers of two.",
      });
    }
    return [name, { samplesPerMinibatch, optimiserSteps: group.epochs * group.minibatches }];
  });
  return {
    updates,
    stepsPerUpdate,
    groups: Object.fromEntries(groups),
    warnings: warningsOf(config),
  };
}

/** The smallest number of whole updates' steps that is at least `steps`. */
export function wholeSteps(config: Pick<ResolvedConfig, "copies" | "horizon">, steps: number): number {
  const stepsPerUpdate = config.copies * config.horizon;
  return Math.ceil(steps / stepsPerUpdate) * stepsPerUpdate;
}

function warningsOf(config: ResolvedConfig): string[] {
  return Object.entries(config.groups).flatMap(([name, group]) => {
    const warnings: string[] = [];
    if (group.minibatches === 1 && group.epochs > 15) {
      warnings.push(`groups.${name}.epochs: more than 15 passes over one batch make its samples stale (28)`);
    }
    if (group.critic === "central" && group.minibatches === 1 && config.copies < 50) {
      warnings.push(`copies: MAPPO's batches want 128 environments, not ${config.copies} (29)`);
    }
    return warnings;
  });
}
