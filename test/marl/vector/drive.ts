/** Helpers that drive vector environments with seeded actions and read their slabs. */
import { Generator } from "../../../src/runtime/random/generator.ts";
import { keyFromSeed } from "../../../src/runtime/random/key.ts";
import { bytesOf } from "../../../src/runtime/hash.adapter.ts";
import { writeAction } from "../../../src/marl/spaces/heads.ts";
import { sample } from "../../../src/marl/spaces/sample.ts";
import type { VectorEnv } from "../../../src/marl/vector/contract.ts";

export function generatorOf(seed: number): Generator {
  return Generator.fromKey(keyFromSeed(seed));
}

/** A legal random action for every agent of every copy, heeding the masks of row t. */
export function drawActions(vector: VectorEnv, generator: Generator, t: number): void {
  vector.spec.groups.forEach((group, g) => {
    const layout = vector.layouts[g]!;
    const slabs = vector.slabs.groups[g]!;
    for (let i = 0; i < vector.copies * layout.agents; i += 1) {
      const at = (t * vector.copies * layout.agents + i) * layout.mask;
      const mask = layout.mask === 0 ? undefined : slabs.mask.subarray(at, at + layout.mask);
      writeAction(group.actionSpace, sample(group.actionSpace, generator, mask), {
        ...vector.actions[g]!,
        d: i * layout.heads.length,
        c: i * layout.continuous,
      });
    }
  });
}

/** All slabs but the wall-clock one, as bytes; rows that mean nothing (no final, no episode end) read as zero. */
export function slabBytes(vector: VectorEnv): Uint8Array[] {
  const { groups, state, episodeEnded, episodeLength, episodeReturns } = vector.slabs;
  const perGroup = groups.flatMap((group) => [
    group.observations,
    group.mask,
    group.alive,
    group.acting,
    group.rewards,
    group.terminated,
    group.truncated,
    group.hasFinal,
    where(group.hasFinal, group.finalObservations),
  ]);
  const episodes = [where(episodeEnded, episodeLength), where(episodeEnded, episodeReturns)];
  return [...perGroup, state, episodeEnded, ...episodes].map(bytesOf);
}

/** A copy with the rows zeroed whose flag is 0. */
function where<A extends Float32Array | Float64Array | Int32Array>(flags: Uint8Array, rows: A): A {
  const out = rows.slice() as A;
  const width = rows.length / flags.length;
  flags.forEach((flag, i) => {
    if (flag === 0) out.fill(0, i * width, (i + 1) * width);
  });
  return out;
}
