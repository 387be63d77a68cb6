/** @file The status: computed from evidence, refused when typed, one writer at a time, readable by another process. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { checksOf } from "../../../src/app/coordination/acceptance.ts";
import { checkpointInfoFile, writeCheckpointInfo } from "../../../src/app/coordination/checkpoint-info.ts";
import { computeStatus, refreshStatus } from "../../../src/app/coordination/refresh.ts";
import { sharedConfigsFolder, writeSharedConfigs } from "../../../src/app/coordination/shared-configs.ts";
import { readStatus, statusFile, updateStatus } from "../../../src/app/coordination/status-file.ts";
import type { TerminalStatus } from "../../../src/app/coordination/status-schema.ts";
import { validateStatus } from "../../../src/app/coordination/validate.ts";
import { modelsFolder, type StageKind } from "../../../src/app/coordination/exported-models.ts";
import { exportModelTo } from "../../../src/pipeline/models/store.adapter.ts";
import { deviceProfiles } from "../../../src/runtime/session/profiles.ts";
import { riskDefaults } from "../../../src/stages/risk/config.ts";
import { run, start } from "../command-line.ts";
import { strategicSample, tacticalSample } from "../../stages/sample-models.ts";
import { scratchFolder } from "../../scratch.ts";

/** A version with everything that the checks ask of one. */
function exportVersion(workspace: string, kind: StageKind): string {
  const sample = kind === "strategic" ? strategicSample({}) : tacticalSample({});
  return exportModelTo(
    modelsFolder(workspace, kind),
    { ...sample, origin: { ...sample.origin, dataSource: "real" } },
    {
      version: "v1",
      createdAt: Date.UTC(2026, 10, 24),
      codeVersion: "0.1.0",
      status: "validated",
      seeds: [42, 43, 44, 45, 46],
      metrics: { netUsd: { value: 100, low: 1, high: 200 }, testBars: 1000, trades: 50 },
      statistics: { steps: 100, plannedSteps: 100 },
    },
  );
}

/** Everything that a component is asked for. */
function proveAll(workspace: string, kind: StageKind): void {
  writeSharedConfigs(workspace);
  exportVersion(workspace, kind);
  const report = join(workspace, "exports", `${kind}_validation_report.json`);
  writeFileSync(report, JSON.stringify({ success_rate: 100, checks_rate: 100 }));
}

describe("progress", () => {
  test("is 0 with nothing there, and names what is missing", async () => {
    const { current_status: components } = await refreshStatus(scratchFolder());
    expect(components.strategic_training).toMatchObject({ progress: 0, status: "pending", evidence: [] });
    expect(components.strategic_training.issues).toHaveLength(checksOf("strategic_training").length);
  });

  test("is passed over all checks, and completed only when all pass", async () => {
    const workspace = scratchFolder();
    proveAll(workspace, "strategic");
    const done = (await refreshStatus(workspace)).current_status.strategic_training;
    expect(done).toMatchObject({ progress: 100, status: "completed", issues: [] });
    rmSync(join(workspace, "exports/strategic_validation_report.json"));
    const less = (await refreshStatus(workspace)).current_status.strategic_training;
    const all = checksOf("strategic_training").length;
    expect(less).toMatchObject({ progress: Math.floor((100 * (all - 2)) / all), status: "in_progress" });
  });

  test("that was typed in is found out, and a forged completion too", async () => {
    const workspace = scratchFolder();
    proveAll(workspace, "strategic");
    const honest = await refreshStatus(workspace);
    expect(validateStatus(workspace, honest)).toStrictEqual([]);
    const { tactical_training: tactical } = honest.current_status;
    const forged: TerminalStatus = {
      ...honest,
      current_status: {
        ...honest.current_status,
        tactical_training: { ...tactical, progress: 100, status: "completed" },
      },
    };
    expect(validateStatus(workspace, forged).join("\n")).toMatch(
      /progress 100, the checks give \d+\n.*completed/,
    );
  });

  test("falls when the proof changes after it was recorded", async () => {
    const workspace = scratchFolder();
    proveAll(workspace, "tactical");
    const status = await refreshStatus(workspace);
    const model = join(workspace, "exports/tactical_models/v1/weights.safetensors");
    writeFileSync(model, "other weights");
    expect(validateStatus(workspace, status).join()).toContain("MODEL_CORRUPT");
    expect((await run("status", "validate", "--workspace", workspace)).code).toBe(1);
    expect((await refreshStatus(workspace)).current_status.tactical_training.status).toBe("in_progress");
  });
});

test("a dependency that is missing for two hours blocks, by the name of its file", async () => {
  const workspace = scratchFolder();
  const device = {
    profile: deviceProfiles.cpu,
    reason: "asked for",
    facts: { environment: "local" },
  } as const;
  const first = computeStatus(workspace, undefined, { device });
  const waiting = first.current_status.strategic_training;
  expect(waiting.status).toBe("pending");
  const long = waiting.dependencies.map((one) => ({
    ...one,
    waiting_since: new Date(Date.now() - 7_200_000).toISOString(),
  }));
  const before: TerminalStatus = {
    ...first,
    revision: 1,
    current_status: { ...first.current_status, strategic_training: { ...waiting, dependencies: long } },
  };
  const blocked = computeStatus(workspace, before, { device }).current_status.strategic_training;
  expect(blocked.status).toBe("blocked");
  expect(blocked.issues[0]).toBe("blocked: coordination/shared_configs/risk_limits.yaml is missing");
  writeSharedConfigs(workspace);
  expect(computeStatus(workspace, before, { device }).current_status.strategic_training.status).not.toBe(
    "blocked",
  );
});

describe("the file", () => {
  test("counts its revisions, also when two processes write at once", async () => {
    const workspace = scratchFolder();
    const others = [1, 2, 3].map(
      () => start(["status", "refresh", "--workspace", workspace, "--json"]).ended,
    );
    const finished = await Promise.all(others);
    expect(finished.map(({ code }) => code)).toStrictEqual([0, 0, 0]);
    const revisions = finished.map(
      ({ out }) => (JSON.parse(out) as { status: TerminalStatus }).status.revision,
    );
    expect(revisions.toSorted((a, b) => a - b)).toStrictEqual([1, 2, 3]);
    expect(readStatus(workspace)?.revision).toBe(3);
  });

  test("computes again when another writer was faster", async () => {
    const workspace = scratchFolder();
    const first = await refreshStatus(workspace);
    const seen: (number | undefined)[] = [];
    const { revision: _, ...content } = first;
    const inner: Promise<TerminalStatus>[] = [];
    const written = await updateStatus(workspace, (current) => {
      seen.push(current?.revision);
      if (seen.length === 1) inner.push(updateStatus(workspace, () => content));
      return content;
    });
    await Promise.all(inner);
    expect([seen, written.revision]).toStrictEqual([[1, 2], 3]);
  });

  test("gives way to its backup when it is damaged, and both damaged are refused: STATUS_DAMAGED", async () => {
    const workspace = scratchFolder();
    await refreshStatus(workspace);
    await refreshStatus(workspace);
    writeFileSync(statusFile(workspace), "{");
    expect(readStatus(workspace)?.revision).toBe(1);
    writeFileSync(statusFile(workspace).replace(".json", ".backup.json"), "{}");
    expect(() => readStatus(workspace)).toThrow("STATUS_DAMAGED");
  });

  test("is shown, and its absence is an answer of no", async () => {
    const workspace = scratchFolder();
    expect((await run("status", "show", "--workspace", workspace)).code).toBe(1);
    await refreshStatus(workspace);
    const { code, out } = await run("status", "show", "--workspace", workspace);
    expect(code).toBe(0);
    expect(out).toMatch(/strategic_training {2}0 % {2}pending[\s\S]*checkpoint_4 {2}pending/);
  });
});

test("shared configurations are the code's defaults, and edits of them are overwritten", () => {
  const workspace = scratchFolder();
  expect(writeSharedConfigs(workspace)).toHaveLength(4);
  expect(writeSharedConfigs(workspace)).toStrictEqual([]);
  const read = (name: string): unknown =>
    parse(readFileSync(join(sharedConfigsFolder(workspace), name), "utf8"));
  expect(read("colab_config.yaml")).toMatchObject({ profiles: deviceProfiles });
  expect(read("risk_limits.yaml")).toStrictEqual({ risk: riskDefaults });
  expect(read("marl_config.yaml")).toMatchObject({
    strategic: { observation: 656, state: 655 },
    tactical: { observation: 472, state: 554 },
  });
  writeFileSync(join(sharedConfigsFolder(workspace), "training_params.yaml"), "ppo: {}\n");
  expect(writeSharedConfigs(workspace)).toStrictEqual(["training_params.yaml"]);
});

test("the pointer to a checkpoint is written whole", () => {
  const workspace = scratchFolder();
  mkdirSync(join(workspace, "coordination"), { recursive: true });
  writeCheckpointInfo(workspace, {
    timestamp: "2026-11-24T12:00:00.000Z",
    terminal: "terminal2",
    model_type: "strategic",
    progress: 50,
    status: "training",
    checkpoint_path: "runs/calm-otter-042/checkpoints",
    metadata: {
      architecture: "compact",
      observation_space: "4 x 656",
      action_space: "4 x 5",
      training_episodes: 12,
      final_reward: null,
      content_hash: "0".repeat(64),
    },
  });
  const text = readFileSync(checkpointInfoFile(workspace, "strategic"), "utf8");
  expect(JSON.parse(text)).toMatchObject({ model_type: "strategic", progress: 50 });
});
