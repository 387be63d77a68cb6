/**
 * @file Weights of a network as safetensors: one F32 tensor per parameter under its dotted path, and back into the flat
 * slab of a layout, refusing a file of another network with every difference at once.
 */
import { showShape } from "../../graph/shape.ts";
import type { LayoutEntry } from "../../graph/slab.ts";
import { GrandModelError } from "../../runtime/errors.ts";
import type { NetworkIssue } from "../issues.ts";
import type { SafetensorsContent, StoredTensor } from "./safetensors.ts";

/** What of a `ParameterLayout` is needed here. */
export interface ParameterPlaces {
  readonly entries: readonly LayoutEntry[];
  readonly size: number;
}

/** The tensors of a slab, as views into it. */
export function weightsOf(layout: ParameterPlaces, slab: Float32Array): ReadonlyMap<string, StoredTensor> {
  return new Map(
    layout.entries.map(({ path, shape, offset, size }) => [
      path,
      { shape, values: slab.subarray(offset, offset + size) },
    ]),
  );
}

/**
 * The slab of stored weights.
 * @param file named in the error
 * @throws GrandModelError `WEIGHTS_MISMATCH`, one issue per parameter that is missing, unknown or of another form
 */
export function slabOf(
  layout: ParameterPlaces,
  { tensors }: SafetensorsContent,
  file?: string,
): Float32Array {
  const slab = new Float32Array(layout.size);
  const place = file === undefined ? {} : { file };
  const issues: NetworkIssue[] = [];
  for (const { path, shape, offset } of layout.entries) {
    const stored = tensors.get(path);
    const expected = `F32 ${showShape(shape)}`;
    const found = stored === undefined ? "nothing" : formOf(stored);
    if (stored?.values instanceof Float32Array && found === expected) slab.set(stored.values, offset);
    else issues.push({ code: "WEIGHTS_MISMATCH", ...place, path, value: found, expected, hint: HINT });
  }
  const known = new Set(layout.entries.map(({ path }) => path));
  for (const [path, stored] of tensors) {
    if (known.has(path)) continue;
    const value = formOf(stored);
    issues.push({
      code: "WEIGHTS_MISMATCH",
      ...place,
      path,
      value,
      expected: "no such parameter",
      hint: HINT,
    });
  }
  const [first, ...others] = issues;
  if (first !== undefined) throw new GrandModelError([first, ...others], { class: "data" });
  return slab;
}

const HINT = "Build the network with the options that the file was trained with; they stand in its metadata.";

function formOf({ shape, values }: StoredTensor): string {
  return `${values instanceof Float32Array ? "F32" : values.constructor.name} ${showShape(shape)}`;
}
