/** @file `await show(x)`: the way to end a cell, with which no client loses the output. */
import { publish } from "./display.ts";
import { bundleOf } from "./displayable.ts";

/** Shows a table, a figure, a text or any value. Await it: what is not awaited may land in the next cell. */
export async function show(value: unknown): Promise<void> {
  await publish(bundleOf(value));
}
