/** @file Device profiles: the table of the specification, what decides, what wins. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { detectColabEnvironment, setupGoogleDrive } from "../../../src/runtime/session/detect.adapter.ts";
import { chooseProfile, deviceProfiles } from "../../../src/runtime/session/profiles.ts";
import { scratchFolder } from "../../scratch.ts";

test("the table is that of the specification", () => {
  const rows = Object.values(deviceProfiles).map((p) => [
    p.name,
    p.batch,
    p.sequence,
    p.mcChunk,
    p.gradAccum,
  ]);
  expect(rows).toStrictEqual([
    ["cpu", 16, 48, 250, 4],
    ["colab_t4", 16, 32, 250, 4],
    ["colab_v100", 32, 48, 500, 2],
    ["colab_a100", 64, 48, 1000, 1],
  ]);
});

describe("the accelerator decides", () => {
  test.each([
    ["Tesla T4, 15360", "colab_t4"],
    ["Tesla V100-SXM2-16GB, 16160", "colab_v100"],
    ["NVIDIA A100-SXM4-40GB, 40960", "colab_a100"],
    ["Some Card, 8192", "cpu"],
    ["Some Card, 16384", "colab_t4"],
    ["Some Card, 24576", "colab_v100"],
    ["Some Card, 81920", "colab_a100"],
  ])("%s: %s", (answer, profile) => {
    const facts = detectColabEnvironment({ COLAB_GPU: "1" }, () => answer);
    expect(facts.environment).toBe("colab");
    expect(chooseProfile(facts).profile.name).toBe(profile);
  });

  test("without one it is cpu, and an override wins and says so", () => {
    const facts = detectColabEnvironment({}, () => undefined);
    expect(facts).toStrictEqual({ environment: "local" });
    expect(chooseProfile(facts)).toMatchObject({ profile: { name: "cpu" }, reason: "no accelerator found" });
    expect(chooseProfile(facts, "colab_a100")).toMatchObject({
      profile: { name: "colab_a100" },
      reason: "asked for",
    });
    expect(detectColabEnvironment({ KAGGLE_KERNEL_RUN_TYPE: "x" }, () => undefined).environment).toBe(
      "other",
    );
  });
});

test("checkpoints go to the drive where one is mounted, else to the local folder", () => {
  const root = scratchFolder();
  const local = join(root, "checkpoints");
  expect(setupGoogleDrive(local, join(root, "absent"))).toStrictEqual({ folder: local, mounted: false });
  const mounted = setupGoogleDrive(local, root);
  expect(mounted).toStrictEqual({ folder: join(root, "grandmodel"), mounted: true });
  expect(existsSync(mounted.folder)).toBe(true);
});
