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
type StageName = "strategic" | "tactical";
type ByStage<T> = Readonly<Record<StageName, T>>;
/** A tactical position pays over a few more bars than a strategic one: discount .97. */
const settings: ByStage<StageSettings> = {
  strategic: { ...quickDefaults, updates: 60 },
  tactical: { ...quickDefaults, updates: 80, gamma: 0.97 },
};
/** Environment steps of both trainings of a seed. */
export const controlSteps: number = Object.values(settings).reduce(
  (total, { copies, horizon, updates }) => total + updates * copies * horizon,
  0,
);

/** Both stages of one seed. */
export interface ControlSeed {
  readonly strategic: ControlResult;
  readonly tactical: ControlResult;
}

/** Sessions of the control markets. */
export const controlSessions: ByStage<number> = { strategic: 600, tactical: 400 };

/** Trains what is not there yet. The market of seed i has seed i, its training 42 + i. */
export async function controlSeeds(
  task: string,
  edge: number,
  { progress, seeds }: ReproduceContext,
): Promise<readonly ControlSeed[]> {
  const results: ControlSeed[] = [];
  for (const [i, seed] of seeds.entries()) {
    const part = (
      name: StageName,
      make: () => ControlMarket & { readonly stage: TrainableStage },
    ): Promise<ControlResult> => {
      const identity = {
        edge,
        name,
        sessions: controlSessions[name],
        settings: settings[name],
      } as unknown as Json;
      return storedSeed({ task, identity, module: import.meta.url }, seed, name, () =>
        runControl(make(), settings[name], 42 + seed, {
          progress: ({ step, total }) => {
            const half = name === "strategic" ? 0 : 0.5;
            progress((i + half + (0.5 * step) / total) / seeds.length, `seed ${seed}, ${name}`);
          },
        }),
      );
    };
    const market = (name: StageName) => ({ seed, sessions: controlSessions[name], edge });
    results.push({
      strategic: await part("strategic", () => strategicControl(market("strategic"))),
      tactical: await part("tactical", () => tacticalControl(market("tactical"))),
    });
  }
  return results;
}
