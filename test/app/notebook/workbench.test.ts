/** @file What the training notebooks stand on: the report at the end, checkpoints with a mirror, latencies. */
import { existsSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test, vi } from "vitest";
import { openTrainingFolder } from "../../../src/app/notebook/workbench/training-folder.ts";
import { quantile } from "../../../src/app/notebook/workbench/timing.ts";
import { validationReport } from "../../../src/app/notebook/workbench/validation-report.ts";
import { scratch } from "./notebook-of.ts";

afterEach(() => {
  vi.unstubAllEnvs();
});

const verdict = (pass: boolean): { name: string; measured: number; threshold: string; pass: boolean } => ({
  name: "x",
  measured: 1,
  threshold: "<= 1",
  pass,
});

describe("the validation report", () => {
  const options = {
    kind: "strategic",
    notebook: "n.ipynb",
    dataSource: "synthetic",
    totalCells: 4,
    performance: { matrix: 1 },
    promises: { good: ["a"], half: ["a", "b"], unchecked: ["c"], missing: ["d"] },
  } as const;
  const steps = [
    { id: "a", verdicts: [verdict(true)] },
    { id: "b", verdicts: [verdict(true), verdict(false)] },
    { id: "c", verdicts: [] },
  ];

  test("keeps a promise only by a step that ran, has checks and passed them all", () => {
    expect(validationReport(options, steps, "now").validation_results).toStrictEqual({
      good: true,
      half: false,
      unchecked: false,
      missing: false,
    });
  });

  test("tells cells executed from checks passed, and what the promises amount to", () => {
    expect(validationReport(options, steps, "now")).toMatchObject({
      success_rate: 75,
      checks_rate: 66.7,
      validation_status: "NEEDS WORK",
    });
    const kept = { ...options, promises: { one: ["a"], two: ["a"], three: ["a"], four: ["b"] } };
    expect(validationReport(kept, steps, "now").validation_status).toBe("MOSTLY FUNCTIONAL");
    expect(validationReport({ ...options, promises: { one: ["a"] } }, steps, "now").validation_status).toBe(
      "PRODUCTION READY",
    );
  });
});

describe("the checkpoints of a training", () => {
  const checkpoint = (step: number): Parameters<ReturnType<typeof openTrainingFolder>["save"]>[0] => ({
    step,
    arrays: { weights: Float32Array.of(step, 2) },
    state: { update: step },
  });

  test("reach the mirror, and an empty machine begins from it; a damaged one gives way to the one before", () => {
    using folder = scratch();
    const [local, mirror] = [join(folder.path, "local"), join(folder.path, "mirror")];
    vi.stubEnv("GRANDMODEL_CHECKPOINT_DIR", local);
    vi.stubEnv("GRANDMODEL_MIRROR_DIR", mirror);
    {
      using training = openTrainingFolder("n", "identity");
      expect(training.newest).toBeUndefined();
      training.save(checkpoint(1));
      training.save(checkpoint(2));
    }
    rmSync(local, { recursive: true });
    const copied = join(mirror, "n", "checkpoints", "identity");
    const newest =
      readdirSync(copied)
        .filter((name) => name.startsWith("step-"))
        .sort()
        .at(-1) ?? "";
    writeFileSync(join(copied, newest, "arrays.bin"), "torn");
    using training = openTrainingFolder("n", "identity");
    expect(training.newest?.step).toBe(1);
    expect(training.newest?.arrays["weights"]).toStrictEqual(Float32Array.of(1, 2));
    training.clear();
    expect(existsSync(copied)).toBe(false);
  });
});

test("quantiles are by nearest rank", () => {
  const sorted = Float64Array.from({ length: 100 }, (_, i) => i + 1);
  expect([quantile(sorted, 0.5), quantile(sorted, 0.99), quantile(sorted, 1)]).toStrictEqual([50, 99, 100]);
  expect(quantile(new Float64Array(0), 0.5)).toBeNaN();
});
