/** @file What the positive and the null control share: both stages, seed by seed, finished ones kept. */
import {
  type ControlMarket,
  strategicControl,
  tacticalControl,
} from "../../../src/pipeline/training/controls/planted-market.ts";
import { type ControlResult, runControl } from "../../../src/pipeline/training/controls/run-control.ts";
import { quickDefaults, type StageSettings } from "../../../src/pipeline/training/settings.ts";
import type { TrainableStage } from "../../../src/pipeline/training/stage.ts";
import type { Json } from "../../../src/runtime/json.ts";
import type { ReproduceContext } from "../contract.ts";
import { storedSeed } from "./seed-store.ts";

/** Standard deviations of a bar by which the planted side drifts. */
export const plantedEdge = 0.6;
export const controlSettings: StageSettings = { ...quickDefaults, updates: 60 };
/** Environment steps of one training. */
export const controlSteps: number =
  controlSettings.updates * controlSettings.copies * controlSettings.horizon;

/** Both stages of one seed. */
export interface ControlSeed {
  readonly strategic: ControlResult;
  readonly tactical: ControlResult;
}

/** Sizes of the control markets. */
const sessions = { strategic: 600, tactical: 150 } as const;

/** Trains what is not there yet. The market of seed i has seed i, its training 42 + i. */
export async function controlSeeds(
  task: string,
  edge: number,
  { progress, seeds }: ReproduceContext,
): Promise<readonly ControlSeed[]> {
  const identity = { edge, sessions, settings: controlSettings } as unknown as Json;
  const results: ControlSeed[] = [];
  for (const [i, seed] of seeds.entries()) {
    const part = (
      name: "strategic" | "tactical",
      make: () => ControlMarket & { readonly stage: TrainableStage },
    ): Promise<ControlResult> =>
      storedSeed(task, identity, seed, name, () =>
        runControl(make(), controlSettings, 42 + seed, {
          progress: ({ step, total }) => {
            const half = name === "strategic" ? 0 : 0.5;
            progress((i + half + (0.5 * step) / total) / seeds.length, `seed ${seed}, ${name}`);
          },
        }),
      );
    results.push({
      strategic: await part("strategic", () =>
        strategicControl({ seed, sessions: sessions.strategic, edge }),
      ),
      tactical: await part("tactical", () => tacticalControl({ seed, sessions: sessions.tactical, edge })),
    });
  }
  return results;
}
