/**
 * @file A trainer's policy as something that plays: greedy or sampled, with the pre-processing it was trained with
 * and its statistics frozen.
 */
import { Generator } from "../../runtime/random/generator.ts";
import { foldIn, keyFromSeed } from "../../runtime/random/key.ts";
import type { Player, Policy } from "../evaluation/evaluate.ts";
import type { VectorEnv } from "../vector/contract.ts";
import { copyActions, decidesAt } from "./clocked-rollout.ts";
import { actionRow } from "./decisions.ts";
import { unitsOf } from "./layout.ts";
import type { Learner } from "./learner.ts";
import { look } from "./rollout.ts";
import { chooseActions, sendActions } from "./sampling.ts";
import type { TrainerState } from "./trainer.ts";

/**
 * The policy in force in `state`. It plays in as many copies as the trainer steps, through the same programs, and
 * reads the parameters when it acts: evaluate before the next `step`.
 */
export function policyOf(state: TrainerState, mode: "greedy" | "sampled", seed: number | string = 0): Policy {
  return {
    copies: state.env.copies,
    join: (env) => {
      const players = state.learners.map((learner) => playerOf(learner, env, mode, seed));
      return {
        act: async () => {
          for (const player of players) await player.act();
        },
        ended: (copies) => {
          for (const player of players) player.ended?.(copies);
        },
      };
    },
  };
}

function playerOf(
  learner: Learner,
  env: VectorEnv,
  mode: "greedy" | "sampled",
  seed: number | string,
): Player {
  const { layout, calls, source, state } = learner;
  const key = foldIn(foldIn(keyFromSeed(seed), "evaluation"), layout.name);
  const choice = mode === "greedy" ? mode : Generator.fromKey(key);
  const rows = env.copies * layout.agents;
  const drawn = actionRow(layout, env.copies);
  const held = actionRow(layout, env.copies);
  const sent = new Float32Array(rows * layout.continuous);
  const units = unitsOf(layout);
  const own = new Float32Array(rows * units);
  return {
    act: async () => {
      look(env, learner, drawn, 0);
      await withState(state.recurrent, own, calls.policyArrays.nextState, () =>
        calls.policy[state.current].run(),
      );
      chooseActions(source[state.current], drawn, choice);
      for (let b = 0; b < env.copies; b += 1) {
        if (decidesAt(env, layout, 0, b)) copyActions(layout, drawn, b, held, b);
      }
      sendActions(env, layout, held, sent);
    },
    ended: (copies) => {
      const perCopy = layout.agents * units;
      copies.forEach((flag, b) => {
        if (flag !== 0) own.fill(0, b * perCopy, (b + 1) * perCopy);
      });
    },
  };
}

/** Runs the policy on the player's recurrent state, and leaves the one in training as it was. */
async function withState(
  bound: Float32Array,
  own: Float32Array,
  next: Float32Array,
  run: () => Promise<void>,
): Promise<void> {
  const training = bound.slice();
  bound.set(own);
  await run();
  own.set(next);
  bound.set(training);
}
