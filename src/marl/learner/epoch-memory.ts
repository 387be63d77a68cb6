/** @file Working memory of the epochs: indices and scratch, nothing that a checkpoint needs. */
import type { Decisions } from "./decisions.ts";
import { chunkOf, type LearnerLayout } from "./layout.ts";

/** Working memory of the epochs, allocated once per learner. */
export interface EpochMemory {
  /** Sample ids n * B + b, with n counting chunks; the first `used` are in play. */
  readonly samples: Int32Array;
  /** Actor rows and critic rows of the minibatch. */
  readonly rows: Int32Array;
  readonly criticRows: Int32Array;
  /** Of each sequence its place among the chunk's start states. */
  readonly sequences: Int32Array;
  readonly targets: Float64Array;
  /** The targets of counted rows only, without gaps. */
  readonly live: Float64Array;
  /** [minibatch critic rows] 1 where the row counts. */
  readonly some: Uint8Array;
  readonly moments: Float64Array;
}

export function allocateEpochMemory(
  sizes: {
    readonly layout: LearnerLayout;
    readonly decisions: Decisions;
    /** Of one minibatch. */
    readonly samples: number;
  },
  copies: number,
): EpochMemory {
  const { layout, decisions, samples } = sizes;
  const chunk = chunkOf(layout);
  const values = chunk * samples * layout.criticRows;
  return {
    samples: new Int32Array((decisions.capacity / chunk) * copies),
    rows: new Int32Array(chunk * samples * layout.agents),
    sequences: new Int32Array(samples * layout.agents),
    criticRows: new Int32Array(values),
    targets: new Float64Array(values),
    live: new Float64Array(values),
    some: new Uint8Array(values),
    moments: new Float64Array(2),
  };
}
