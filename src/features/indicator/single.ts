/** @file The short form of a calculation with one output, for indicators that wrap one measure. */
import type { Calculation } from "./indicator.ts";

/** A one-column calculation: what differs between two of them. */
export interface SingleOutput extends Pick<
  Calculation,
  "name" | "warmUp" | "lookback" | "advance" | "rescale"
> {
  readonly ready: () => boolean;
  readonly value: () => number;
}

/** The calculation whose only column has the name of the indicator, without its parameters. */
export function singleOutput(parts: SingleOutput): Calculation {
  return {
    name: parts.name,
    columns: [parts.name.replace(/\(.*/, "")],
    warmUp: parts.warmUp,
    lookback: parts.lookback,
    advance: parts.advance,
    rescale: parts.rescale,
    emit: (values, valid) => {
      const ready = parts.ready();
      values[0] = ready ? parts.value() : 0;
      valid[0] = ready ? 1 : 0;
    },
  };
}
