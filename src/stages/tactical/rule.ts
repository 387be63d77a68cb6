/**
 * @file `tacticalRule`: gaps and momentum as a policy, a baseline and nothing else. It reads only what the observation
 * shows, so it runs wherever a network does: momentum of the newest row (column 5 in both schemas), the mitigation of a gap
 * on this bar, and the nearest gap as far as it is fresh. No edge has been demonstrated for it.
 */
import { uncertaintyOf } from "../../nn/uncertainty/passes.kernel.ts";
import type { AgentOpinion, TacticalPolicy } from "../policy.ts";
import { scoreThreshold } from "./aggregation.ts";
import { windowColumns } from "./market.ts";
import { TACTICAL_ACTIONS, TACTICAL_OBSERVATION, tacticalColumns } from "./networks/observation.ts";
import { tacticalAgents } from "./observation.ts";

/** Column of a row that holds momentum. */
const momentumColumn = 5;
/** Local fields that the rule reads. */
const local = { freshness: 2, direction: 3, inside: 4, signal: 8, strength: 9, drawdown: 13 } as const;
/** Logit of a side at full conviction: .89 against .11 for HOLD. */
const sharpness = 3;
/** Conviction from which the large step is the likelier one. */
const strong = 0.75;
/** Drawdown, as a share of its limit, from which the risk agent allows the small step alone. */
const careful = 0.5;

/** The policy; it holds nothing to dispose of. */
export function tacticalRule(): TacticalPolicy {
  return {
    name: "tactical rule",
    async decide(observations) {
      return {
        agents: tacticalAgents.map((agent, role) =>
          opinionOf(agent, role, observations.subarray(role * TACTICAL_OBSERVATION)),
        ),
      };
    },
    [Symbol.asyncDispose]: async () => {},
  };
}

function opinionOf(agent: string, role: number, observation: Float32Array): AgentOpinion {
  const conviction = convictionOf(observation);
  const probabilities = leaning(conviction, isLarge(role, conviction, observation), observation);
  const passes = {
    probabilities: Float32Array.from(probabilities),
    count: 1,
    rows: 1,
    actions: TACTICAL_ACTIONS,
  };
  return { agent, probabilities, uncertainty: uncertaintyOf(passes, 0, scoreThreshold) };
}

/** Half momentum, half gaps, in [-1, 1]. */
function convictionOf(observation: Float32Array): number {
  const momentum = observation[tacticalColumns.matrix.end - windowColumns + momentumColumn] ?? 0;
  const field = (at: number): number => observation[tacticalColumns.local.start + at] ?? 0;
  const mitigated = field(local.signal) * (0.5 + 0.5 * field(local.strength));
  const resting = 0.5 * field(local.direction) * field(local.freshness) * field(local.inside);
  return Math.min(1, Math.max(-1, 0.5 * momentum + mitigated + resting));
}

/** Tactical: large when convinced. Risk: small alone in a drawdown. Execution: crosses the spread when convinced. */
function isLarge(role: number, conviction: number, observation: Float32Array): boolean {
  if (role === 1) return (observation[tacticalColumns.local.start + local.drawdown] ?? 0) < careful;
  return Math.abs(conviction) >= strong;
}

/** Softmax over HOLD and the four steps, all of a side on one of its two sizes but a tenth; illegal ones are left out. */
function leaning(conviction: number, large: boolean, observation: Float32Array): Float64Array {
  const main = large ? 0.9 : 0.1;
  const share = [1, 1 - main, main, 1 - main, main];
  const logits = [
    0,
    sharpness * conviction,
    sharpness * conviction,
    -sharpness * conviction,
    -sharpness * conviction,
  ];
  const weights = Float64Array.from(logits, (logit, a) => {
    const legal = observation[tacticalColumns.legal.start + a] ?? 0;
    return legal > 0 ? (share[a] ?? 0) * Math.exp(logit) : 0;
  });
  const total = weights.reduce((a, b) => a + b, 0);
  return weights.map((weight) => weight / total);
}
