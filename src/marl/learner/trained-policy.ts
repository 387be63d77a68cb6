/**
 * @file A trainer's policy as something that plays: greedy or sampled, with the pre-processing it was trained with
 * and its statistics frozen.
 */
import { Generator } from "../../runtime/random/generator.ts";
import { foldIn, keyFromSeed } from "../../runtime/random/key.ts";
import type { Player, Policy } from "../evaluation/evaluate.ts";
import type { VectorEnv } from "../vector/contract.ts";
import type { DecisionRow } from "./decisions.ts";
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
  const row: DecisionRow = {
    mask: new Uint8Array(rows * layout.mask),
    discrete: new Int32Array(rows * layout.heads.length),
    continuous: new Float32Array(rows * layout.continuous),
    logProb: new Float32Array(rows),
  };
  const sent = new Float32Array(rows * layout.continuous);
  return {
    act: async () => {
      look(env, learner, row, 0);
      await calls.policy[state.current].run();
      chooseActions(source[state.current], row, choice);
      sendActions(env, layout, row, sent);
    },
  };
}
