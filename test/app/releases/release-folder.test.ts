/** @file Exported versions: complete or absent, every byte accounted for, promoted only when validated. */
import { appendFileSync, existsSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  latestRelease,
  listReleases,
  promoteRelease,
  verifyRelease,
  writeRelease,
} from "../../../src/app/releases/release-folder.ts";
import { run, spawnRun } from "../command-line.ts";
import { scratchFolder } from "../../scratch.ts";
import { releaseFacts } from "./release-facts.ts";

const fill = (folder: string): void => writeFileSync(join(folder, "model.onnx"), "weights");

describe("a version", () => {
  test("lists the hash of each file, and is seen by another process", async () => {
    const workspace = scratchFolder();
    await writeRelease(workspace, releaseFacts({ version: "v1" }), fill);
    const [stored] = listReleases(workspace, "strategic");
    expect(stored && verifyRelease(stored).faults).toStrictEqual([]);
    const other = spawnRun(["exports", "verify", "--workspace", workspace, "--json"]);
    expect(other.code).toBe(0);
    expect(JSON.parse(other.out)).toMatchObject({ sound: true, versions: [{ faults: [] }] });
  });

  test("is absent when filling it failed", async () => {
    const workspace = scratchFolder();
    const broken = writeRelease(workspace, releaseFacts({ version: "v1" }), () => {
      throw new Error("disk full");
    });
    await expect(broken).rejects.toThrow("disk full");
    expect(listReleases(workspace, "strategic")).toStrictEqual([]);
  });

  test.each([
    ["a flipped byte", (folder: string) => appendFileSync(join(folder, "model.onnx"), "x"), "other bytes"],
    ["a lost file", (folder: string) => rmSync(join(folder, "model.onnx")), "is missing"],
    ["a foreign file", (folder: string) => writeFileSync(join(folder, "extra"), ""), "is not listed"],
  ])("with %s is found out", async (_, damage, fault) => {
    const workspace = scratchFolder();
    const stored = await writeRelease(workspace, releaseFacts({ version: "v1", status: "validated" }), fill);
    damage(stored.folder);
    expect(verifyRelease(stored).faults.join()).toContain(fault);
    const finished = await run("exports", "verify", "--workspace", workspace);
    expect(finished.code).toBe(1);
    expect(finished.out).toContain(fault);
    expect(() => promoteRelease(workspace, "strategic", "v1")).toThrow("RELEASE_DAMAGED");
  });
});

describe("promotion", () => {
  test("moves latest.json to a validated version", async () => {
    const workspace = scratchFolder();
    await writeRelease(workspace, releaseFacts({ version: "v1", status: "validated" }), fill);
    expect(latestRelease(workspace, "strategic")).toBeUndefined();
    const finished = await run("exports", "promote", "strategic", "v1", "--workspace", workspace);
    expect(finished.code).toBe(0);
    expect(latestRelease(workspace, "strategic")?.release.version).toBe("v1");
    const listed = await run("exports", "list", "--workspace", workspace);
    expect(listed.out).toMatch(/^\* {2}strategic {2}v1/);
  });

  test("is refused for a candidate and for a version that is not there", async () => {
    const workspace = scratchFolder();
    const reasons = ["synthetic data cannot be validated"];
    await writeRelease(workspace, releaseFacts({ version: "v1", status: "candidate", reasons }), fill);
    expect(() => promoteRelease(workspace, "strategic", "v1")).toThrow(
      /RELEASE_NOT_VALIDATED.*synthetic data cannot be validated/,
    );
    expect(() => promoteRelease(workspace, "tactical", "v1")).toThrow(/RELEASE_UNKNOWN.*none yet/);
    expect(existsSync(join(workspace, "exports/strategic_models/latest.json"))).toBe(false);
  });
});

test("a release.json that does not fit its schema is refused: RELEASE_DAMAGED", async () => {
  const workspace = scratchFolder();
  const { folder } = await writeRelease(workspace, releaseFacts({ version: "v1" }), fill);
  writeFileSync(join(folder, "release.json"), '{"kind":"strategic"}');
  expect(() => listReleases(workspace, "strategic")).toThrow("RELEASE_DAMAGED");
  expect(readdirSync(join(workspace, "exports/strategic_models"))).toStrictEqual(["v1"]);
});
