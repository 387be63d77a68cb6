/** @file The rule-based baseline of the tactical idea: follow each typed synergy for a few bars, then be flat. */
import { computeWith } from "../../features/indicator/batch.ts";
import { Indicator } from "../../features/indicator/indicator.ts";
import { synergies } from "../../features/synergy/synergy.ts";
import type { Baseline } from "./baseline.ts";

/** Enters at a typed synergy in its direction and holds `holdBars`; a newer synergy replaces the older. */
export function synergyRule(units: number, holdBars: number, tick: number): Baseline {
  return {
    name: "synergy rule",
    description: `${units} unit${units === 1 ? "" : "s"} in the direction of each typed synergy for ${holdBars} bars.`,
    targets: (bars) => {
      const table = computeWith(new Indicator(synergies({ tick })), bars);
      const [type, direction] = ["synergy_type", "synergy_direction"].map((name) =>
        table.columns.indexOf(name),
      );
      const targets = new Int32Array(bars.length);
      let side = 0;
      let left = 0;
      for (let t = 0; t < bars.length; t += 1) {
        const row = t * table.columns.length;
        if ((table.values[row + (type ?? 0)] ?? 0) > 0) {
          side = table.values[row + (direction ?? 0)] ?? 0;
          left = holdBars;
        }
        if (bars.segment[t] !== bars.segment[t - 1]) left = 0;
        targets[t] = left > 0 ? units * side : 0;
        left -= 1;
      }
      return targets;
    },
  };
}
