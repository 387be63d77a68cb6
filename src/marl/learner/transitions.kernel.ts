/**
 * @file From the environment's transition slabs to a learner's decisions, for agents that decide at every step, and
 * from critic rows to agents. Layouts as in `decisions.ts`; one pass, nothing allocated. O(T B A).
 */

/** One step's rewards of agents [first, first + agents), as float64. Returns the first index that is not finite, or -1. */
export function takeRewards(
  from: Float32Array,
  fromOffset: number,
  all: number,
  first: number,
  agents: number,
  copies: number,
  out: Float64Array,
  outOffset: number,
): number {
  let faulty = -1;
  for (let b = 0; b < copies; b += 1) {
    for (let a = 0; a < agents; a += 1) {
      const reward = from[fromOffset + b * all + first + a]!;
      out[outOffset + b * agents + a] = reward;
      if (faulty < 0 && !(reward - reward === 0)) faulty = b * agents + a;
    }
  }
  return faulty;
}

/** Marks as terminated whatever was truncated: `timeLimit: "terminal"`. */
export function truncationsEnd(truncated: Uint8Array, terminated: Uint8Array): void {
  for (let i = 0; i < truncated.length; i += 1) if (truncated[i] !== 0) terminated[i] = 1;
}

/**
 * Denormalised values of decisions and of what follows them, from the critic's raw rows [N + 1, B, C] to [N, B, A]:
 * with one critic row per environment (C = 1) every agent has its value.
 */
export function spreadValues(
  raw: Float32Array,
  decisions: number,
  copies: number,
  agents: number,
  criticRows: number,
  mean: number,
  sd: number,
  values: Float64Array,
  nextValues: Float64Array,
): void {
  const next = copies * criticRows;
  for (let n = 0; n < decisions; n += 1) {
    for (let b = 0; b < copies; b += 1) {
      const row = (n * copies + b) * criticRows;
      const target = (n * copies + b) * agents;
      for (let a = 0; a < agents; a += 1) {
        const c = criticRows === 1 ? row : row + a;
        values[target + a] = raw[c]! * sd + mean;
        nextValues[target + a] = raw[c + next]! * sd + mean;
      }
    }
  }
}
