/** @file Rows as networks of the stages get them: values in [-1, 1], one-hot roles, legal actions. */
import type { Columns } from "../../src/nn/embedders/shared-input.ts";
import { Generator } from "../../src/runtime/random/generator.ts";
import { keyFromSeed } from "../../src/runtime/random/key.ts";

export interface RowForm {
  readonly width: number;
  readonly agents: number;
  /** Columns that all agents of a sample share. */
  readonly shared: readonly Columns[];
  readonly role: Columns;
  readonly legal: Columns;
}

/** `[samples x agents, width]`, agents fastest. Every third action is illegal, the first and the third of five never. */
export function randomRows(
  { agents, legal, role, shared, width }: RowForm,
  samples: number,
  seed: number,
): Float32Array {
  const random = Generator.fromKey(keyFromSeed(seed));
  const rows = Float32Array.from({ length: samples * agents * width }, () => random.uniform(-1, 1));
  for (let row = 0; row < samples * agents; row += 1) {
    const at = row * width;
    const first = at - (row % agents) * width;
    for (const { start, end } of shared) rows.copyWithin(at + start, first + start, first + end);
    for (let i = role.start; i < role.end; i += 1) rows[at + i] = i - role.start === row % agents ? 1 : 0;
    for (let a = 0; a < legal.end - legal.start; a += 1)
      rows[at + legal.start + a] = a % 2 === 0 || random.nextFloat64() < 0.6 ? 1 : 0;
  }
  return rows;
}
