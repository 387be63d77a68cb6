/** @file The config schema, the presets and the plan: what is refused, and with which remedy. */
import { describe, expect, it } from "vitest";
import { resolveConfig, type TrainerConfig } from "../../../src/marl/learner/config.ts";
import { planRun, wholeSteps } from "../../../src/marl/learner/plan.ts";
import { type PresetName, presets } from "../../../src/marl/learner/presets.ts";
import { linearToZero, scheduledValue } from "../../../src/marl/learner/schedule.ts";
import { isGrandModelError } from "../../../src/runtime/errors.ts";

function refusal(action: () => unknown): {
  code: string;
  path: string | undefined;
  hint: string;
  count: number;
} {
  try {
    action();
  } catch (error) {
    if (!isGrandModelError(error)) throw error;
    const [first] = error.issues;
    return { code: error.code, path: first?.path, hint: error.hint, count: error.issues.length };
  }
  throw new Error("nothing was refused");
}

const resolve = (config: TrainerConfig): ReturnType<typeof resolveConfig> =>
  resolveConfig(config, ["agents"]);

describe("config", () => {
  it("refuses an unknown option by its path", () => {
    const faulty = { totalSteps: 3200, group: { clipp: 0.1 } } as unknown as TrainerConfig;
    expect(refusal(() => resolve(faulty))).toMatchObject({ code: "TRAINER_CONFIG", path: "group.clipp" });
  });

  it("reports all faults at once", () => {
    const faulty: TrainerConfig = { totalSteps: 0, copies: -1, group: { epochs: 0 } };
    expect(refusal(() => resolve(faulty)).count).toBe(3);
  });

  it("refuses settings of a role group that the environment does not have", () => {
    expect(refusal(() => resolve({ totalSteps: 3200, groups: { agent: {} } }))).toMatchObject({
      code: "TRAINER_CONFIG",
      path: "groups.agent",
    });
  });

  it("lets one group differ from the others, and resolves to itself", () => {
    const config = resolveConfig({ totalSteps: 3200, group: { epochs: 3 }, groups: { b: { epochs: 5 } } }, [
      "a",
      "b",
    ]);
    expect([config.groups["a"]?.epochs, config.groups["b"]?.epochs]).toEqual([3, 5]);
    expect(resolveConfig(config, ["a", "b"])).toEqual(config);
  });

  it("has the defaults of the MAPPO preset", () => {
    expect(resolve(presets.mappo).groups["agents"]).toMatchObject({
      epochs: 10,
      minibatches: 1,
      learningRate: { kind: "constant", value: 7e-4 },
      entropy: { kind: "constant", value: 0.01 },
      valueCoefficient: 1,
      gradientNorm: 10,
      adamEpsilon: 1e-5,
      valueLoss: { kind: "huber", delta: 10 },
    });
  });
});

describe("plan", () => {
  it.each(Object.keys(presets) as PresetName[])("preset %s divides evenly", (name) => {
    expect(Number.isInteger(planRun(resolve(presets[name])).updates)).toBe(true);
  });

  it("refuses a remainder of steps and names the nearest that work", () => {
    const config = resolve({ ...presets.cartpole, totalSteps: 500_000 });
    expect(refusal(() => planRun(config))).toMatchObject({
      code: "TRAINER_PLAN",
      path: "totalSteps",
      hint: "Use 499712 or 500224.",
    });
    expect(wholeSteps(config, 500_000)).toBe(500_224);
  });

  it("refuses minibatches that do not divide the batch", () => {
    const config = resolve({ ...presets.ppo, group: { ...presets.ppo.group, minibatches: 3 } });
    expect(refusal(() => planRun(config))).toMatchObject({ path: "groups.agents.minibatches" });
  });

  it("warns of MAPPO with few environments", () => {
    const config = resolve({ copies: 8, horizon: 25, totalSteps: 200 });
    expect(planRun(config).warnings.join()).toContain("128 environments");
  });
});

describe("schedules", () => {
  it("hold or fall in a straight line", () => {
    const line = linearToZero(2.5e-4);
    expect(scheduledValue(line, 0, 976)).toBe(2.5e-4);
    expect(scheduledValue(line, 488, 976)).toBeCloseTo(1.25e-4, 12);
    expect(scheduledValue({ kind: "constant", value: 7e-4 }, 488, 976)).toBe(7e-4);
  });
});
