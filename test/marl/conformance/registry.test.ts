import { describe, expect, it } from "vitest";
import { createEnv } from "../../../src/marl/adapters/kernel-env.ts";
import { parallelToAec } from "../../../src/marl/adapters/parallel-to-aec.ts";
import { checkAecEnv } from "../../../src/marl/conformance/check-aec-env.ts";
import { checkParallelEnv } from "../../../src/marl/conformance/check-parallel-env.ts";
import { environmentEntries, environmentEntry } from "../../../src/marl/environments/registry.ts";

/** Soaked for the full 10^6 steps; the others, which share its driver, for a glance. */
const SOAKED = "bandit-v0";
/** Replayed in a new process as well: one kernel with randomness in its steps, one with masks. */
const REPLAYED = new Set(["attrition-v0", "masked-v0"]);

describe("every environment of the registry conforms", () => {
  it.each(environmentEntries)("$id", ({ id, definition }) => {
    const report = checkParallelEnv(() => createEnv(definition), {
      soakSteps: id === SOAKED ? 1_000_000 : 3_000,
      // Long episodes of random play: Acrobot's 500 steps say as much in fewer episodes.
      episodes: id === "Acrobot-v1" ? 4 : 20,
      definition,
      ...(REPLAYED.has(id) ? { source: { kind: "registry", id } } : {}),
    });
    expect(report.environment).toBe(id);
    expect(report.rows.filter((row) => row.outcome.kind === "passed").length).toBeGreaterThanOrEqual(13);
  });

  it.each(["simple-spread-c-v0", "attrition-v0", "masked-v0"])(
    "%s also as a turn-based environment",
    (id) => {
      const { definition } = environmentEntry(id);
      const report = checkAecEnv(() => parallelToAec(createEnv(definition)), { soakSteps: 0, episodes: 5 });
      expect(report.rows.find((row) => row.id === "C18")?.outcome.kind).toBe("passed");
    },
  );

  it("knows the nearest id of a mistyped one", () => {
    expect(() => environmentEntry("cartpole")).toThrow(/ENV_UNKNOWN env.*Did you mean CartPole-v1\?/s);
  });

  it("lists ids without repeats, each with a version, a description and a reachable threshold", () => {
    const ids = environmentEntries.map((entry) => entry.id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const entry of environmentEntries) {
      expect(entry.id).toMatch(/-v\d+$/);
      expect(entry.description.length).toBeGreaterThan(20);
      const target = entry.learning?.evaluateOn;
      if (target !== undefined) expect(ids).toContain(target);
    }
  });
});
