/**
 * @file What a learner knows: everything that a checkpoint must hold for its future to be the same, and nothing else.
 * Parameters and Adam's moments are pairs of slabs: the update reads one and writes the other.
 */
import { initialise } from "../../nn/layers/layer.ts";
import { noStatistics, type ValueStatistics } from "../../nn/value-normalisation.ts";
import { Generator } from "../../runtime/random/generator.ts";
import { foldIn, type Key } from "../../runtime/random/key.ts";
import { type LearnerLayout, unitsOf } from "./layout.ts";
import type { Networks } from "./networks.ts";
import { noOpenDecisions, type OpenDecisions } from "./open-decisions.ts";
import { emptyRewardScaling, type RewardScaling } from "./reward-scaling.ts";
import { emptyMoments, type RunningMoments, writeNormaliser } from "./running-moments.ts";

/** A slab and the one that the next update writes. */
export type SlabPair = readonly [Float32Array, Float32Array];

export interface LearnerState {
  readonly parameters: SlabPair;
  readonly firstMoment: SlabPair;
  readonly secondMoment: SlabPair;
  /** Which slab of each pair is in force. */
  current: 0 | 1;
  /** Optimiser steps so far: Adam's bias corrections follow from it. */
  optimiserSteps: number;
  valueStatistics: ValueStatistics;
  /** [B * A, U] state of a recurrent policy before its next step. */
  readonly recurrent: Float32Array;
  /** [B * A] 1 where the next step begins an episode, so the recurrent state is cleared before it. */
  readonly fresh: Uint8Array;
  /** Of the actor's and the critic's input columns; empty without observation normalisation. */
  readonly actorMoments: RunningMoments;
  readonly criticMoments: RunningMoments;
  /** The maps in force, [2, F] and [2, S]: fixed from one update to the next. */
  readonly actorNormaliser: Float32Array;
  readonly criticNormaliser: Float32Array;
  readonly rewardScaling: RewardScaling;
  /** Decisions that run on into the next rollout; empty for agents that decide at every step. */
  readonly waiting: OpenDecisions;
  /** Draws actions. */
  readonly sampling: Generator;
  /** Shuffles minibatches. */
  readonly shuffling: Generator;
}

/** A learner that has learned nothing; `key` names the run, `copies` is B. */
export function initialLearnerState(
  layout: LearnerLayout,
  networks: Networks,
  key: Key,
  copies: number,
): LearnerState {
  const own = foldIn(key, layout.name);
  const size = networks.all.size;
  const pair = (): SlabPair => [new Float32Array(size), new Float32Array(size)];
  const parameters: SlabPair = [
    initialise(networks.specs, foldIn(own, "parameters")),
    new Float32Array(size),
  ];
  const normalises = layout.settings.observationNormalisation;
  const actorMoments = emptyMoments(normalises ? layout.features : 0);
  const criticMoments = emptyMoments(normalises ? layout.criticFeatures : 0);
  const actorNormaliser = new Float32Array(normalises ? 2 * layout.features : 0);
  const criticNormaliser = new Float32Array(normalises ? 2 * layout.criticFeatures : 0);
  writeNormaliser(actorMoments, actorNormaliser);
  writeNormaliser(criticMoments, criticNormaliser);
  return {
    parameters,
    firstMoment: pair(),
    secondMoment: pair(),
    current: 0,
    optimiserSteps: 0,
    valueStatistics: noStatistics,
    recurrent: new Float32Array(copies * layout.agents * unitsOf(layout)),
    fresh: new Uint8Array(copies * layout.agents).fill(1),
    actorMoments,
    criticMoments,
    actorNormaliser,
    criticNormaliser,
    rewardScaling: emptyRewardScaling(layout.settings.rewardScaling ? copies * layout.agents : 0),
    waiting: noOpenDecisions(layout, copies),
    sampling: Generator.fromKey(foldIn(own, "sampling")),
    shuffling: Generator.fromKey(foldIn(own, "shuffling")),
  };
}
