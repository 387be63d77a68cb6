/** @file Facts of an exported version for tests; what is of interest is given, the rest is filled in. */
import type { Release } from "../../../src/app/releases/release-schema.ts";

export type ReleaseFacts = Omit<Release, "files" | "schemaVersion">;

/** A trained, unevaluated candidate on synthetic bars. */
export function releaseFacts(given: Partial<ReleaseFacts>): ReleaseFacts {
  return {
    kind: "strategic",
    version: "v1",
    createdAt: "2026-11-24T12:00:00.000Z",
    codeVersion: "0.1.0",
    commit: "0".repeat(40),
    run: "calm-otter-042",
    configHash: "0".repeat(64),
    dataHash: "1".repeat(64),
    dataSource: "synthetic",
    dataRange: { fromUtc: "2024-01-02T00:00:00.000Z", toUtc: "2024-09-02T00:00:00.000Z" },
    featureSchema: "strategic-13",
    actionSchema: "strategic-5",
    architecture: "compact",
    paramCount: 1000,
    seeds: ["42"],
    trainSteps: 100,
    plannedSteps: 100,
    stepsPerSecond: 1000,
    deviceProfile: "cpu",
    metrics: null,
    parentVersion: null,
    status: "candidate",
    reasons: [],
    ...given,
  };
}
