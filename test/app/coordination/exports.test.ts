/** @file `grandmodel exports`: lists, verifies, promotes versions of stages; another process sees the same. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { modelsFolder } from "../../../src/app/coordination/exported-models.ts";
import { exportModelTo } from "../../../src/pipeline/models/store.adapter.ts";
import { strategicSample } from "../../stages/sample-models.ts";
import { scratchFolder } from "../../scratch.ts";
import { run, spawnRun } from "../command-line.ts";

function exportVersion(workspace: string, version: string, status: "candidate" | "validated"): string {
  const facts = { version, createdAt: Date.UTC(2026, 10, 24), codeVersion: "0.1.0", status };
  return exportModelTo(modelsFolder(workspace, "strategic"), strategicSample({}), facts);
}

test("a version is listed and verified, also by another process; a flipped byte is found out", async () => {
  const workspace = scratchFolder();
  expect((await run("exports", "list", "--workspace", workspace)).out).toContain("nothing is exported yet");
  const folder = exportVersion(workspace, "v1", "candidate");
  const other = spawnRun(["exports", "verify", "--workspace", workspace, "--json"]);
  expect(other.code, other.err).toBe(0);
  expect(JSON.parse(other.out)).toMatchObject({ sound: true, versions: [{ folder, state: "sound" }] });
  writeFileSync(join(folder, "weights.safetensors"), "other bytes");
  const damaged = await run("exports", "verify", "--workspace", workspace);
  expect(damaged.code).toBe(1);
  expect(damaged.out).toContain("MODEL_CORRUPT");
  expect((await run("exports", "list", "--workspace", workspace)).out).toContain("damaged");
});

test("only a validated version becomes the latest", async () => {
  const workspace = scratchFolder();
  exportVersion(workspace, "v1", "candidate");
  exportVersion(workspace, "v2", "validated");
  const refused = await run("exports", "promote", "strategic", "v1", "--workspace", workspace);
  expect(refused.code).toBe(2);
  expect(refused.err).toContain("MODEL_FOREIGN");
  expect((await run("exports", "promote", "strategic", "v2", "--workspace", workspace)).code).toBe(0);
  const listed = await run("exports", "list", "--workspace", workspace, "--json");
  expect(JSON.parse(listed.out)).toMatchObject({
    versions: [
      { version: "v1", latest: false, status: "candidate" },
      { version: "v2", latest: true, status: "validated" },
    ],
  });
});
