/**
 * @file Computes the status from the files of the workspace and writes it. Progress is passed / all checks; `completed` if
 * and only if all pass now; a dependency that is missing for two hours blocks, with its file named.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "../../runtime/clock.adapter.ts";
import { describeMachine } from "../../runtime/machine/machine.adapter.ts";
import { detectDeviceProfile } from "../../runtime/session/detect.adapter.ts";
import type { ChosenProfile } from "../../runtime/session/profiles.ts";
import { type CheckResult, runChecks } from "./acceptance.ts";
import { updateStatus } from "./status-file.ts";
import {
  type Component,
  type ComponentName,
  type ComponentState,
  type Dependency,
  type Milestone,
  type TerminalStatus,
  componentNames,
} from "./status-schema.ts";

const blockedAfterMs = 2 * 3_600_000;

/** What a component waits for, as files of the workspace. */
const dependencies: Readonly<Record<ComponentName, readonly (readonly [name: string, path: string])[]>> = {
  strategic_training: [["risk_constraints", "coordination/shared_configs/risk_limits.yaml"]],
  tactical_training: [["strategic_foundation", "exports/strategic_models"]],
};

/** Milestones by the checks that they need; `terminal2` can bring all of these. */
const milestones: Readonly<Record<string, readonly [name: string, checks: readonly RegExp[]]>> = {
  checkpoint_1: ["every notebook runs", [/\.notebook_cells$/]],
  checkpoint_2: ["multi-agent integration", [/\.evaluated_out_of_sample$/, /\.export_verifies$/]],
  checkpoint_3: ["device profiles optimised", [/\.trained_as_planned$/, /\.notebook_checks$/]],
  checkpoint_4: [
    "performance validated",
    [/\.real_data$/, /\.five_seeds$/, /\.net_above_zero$/, /\.shared_configs_current$/],
  ],
};

/** What is known beside the files. */
export interface RefreshFacts {
  /** Components that a process works on now. */
  readonly active?: readonly ComponentName[];
  /** Components whose last work failed, with the reason. */
  readonly failed?: Readonly<Partial<Record<ComponentName, string>>>;
  readonly device?: ChosenProfile;
}

/** Runs every check and writes the status. @throws GrandModelError `STATUS_DAMAGED`, `RUN_LOCKED` */
export async function refreshStatus(workspace: string, facts: RefreshFacts = {}): Promise<TerminalStatus> {
  const device = facts.device ?? detectDeviceProfile();
  return updateStatus(workspace, (before) => computeStatus(workspace, before, { ...facts, device }));
}

/** The status that the files of the workspace justify now. */
export function computeStatus(
  workspace: string,
  before: TerminalStatus | undefined,
  facts: RefreshFacts & { readonly device: ChosenProfile },
): Omit<TerminalStatus, "revision"> {
  const now = new Date(systemClock.nowMs()).toISOString();
  const results = componentNames.map((name) => [name, runChecks(workspace, name)] as const);
  const [strategic, tactical] = results.map(([name, checks]) =>
    componentOf(workspace, name, checks, before?.current_status[name], facts, now),
  );
  if (strategic === undefined || tactical === undefined) throw new Error("internal: two components");
  const machine = describeMachine();
  return {
    terminal_id: "terminal2",
    primary_responsibilities: ["strategic_training", "tactical_training"],
    current_status: { strategic_training: strategic, tactical_training: tactical },
    shared_milestones: milestonesOf(results.flatMap(([, checks]) => checks)),
    available_resources: {
      cpu: machine.cpu,
      cores: machine.cores,
      memory_gib: machine.memoryGiB,
      device_profile: facts.device.profile.name,
      gpu: facts.device.facts.gpu ?? null,
    },
    coordination_protocol: {
      status_update_frequency: "every_30_minutes",
      checkpoint_sync_method: "file_based",
      issue_escalation: "immediate_logging",
      dependency_resolution: "blocking_wait",
    },
    last_coordination_sync: now,
  };
}

function componentOf(
  workspace: string,
  name: ComponentName,
  checks: readonly CheckResult[],
  before: Component | undefined,
  facts: RefreshFacts,
  now: string,
): Component {
  const evidence = checks.flatMap(({ check, passed, proof }) => {
    if (!passed || proof === undefined) return [];
    const known = before?.evidence.find((old) => old.check === check && old.sha256 === proof.sha256);
    return [{ ...proof, check, passedAt: known?.passedAt ?? now }];
  });
  const waits = dependencies[name].map(([what, path]) => dependencyOf(workspace, what, path, before, now));
  const blocking = waits.filter((wait) => isBlocking(wait, now));
  const failure = facts.failed?.[name];
  const passed = evidence.length;
  return {
    progress: Math.floor((100 * passed) / checks.length),
    status: stateOf(passed, checks.length, blocking, failure, facts.active?.includes(name) ?? false),
    last_updated: now,
    completion_target: `${checks.length} checks`,
    dependencies: waits,
    issues: [
      ...(failure === undefined ? [] : [`failed: ${failure}`]),
      ...blocking.map(({ path }) => `blocked: ${path} is missing`),
      ...checks.filter((check) => !check.passed).map(({ check, found }) => `${check}: ${found}`),
    ],
    evidence,
  };
}

function stateOf(
  passed: number,
  all: number,
  blocking: readonly Dependency[],
  failure: string | undefined,
  active: boolean,
): ComponentState {
  if (passed === all) return "completed";
  if (failure !== undefined) return "failed";
  if (blocking.length > 0) return "blocked";
  return passed > 0 || active ? "in_progress" : "pending";
}

function dependencyOf(
  workspace: string,
  name: string,
  path: string,
  before: Component | undefined,
  now: string,
): Dependency {
  const present = existsSync(join(workspace, path));
  const since = before?.dependencies.find((old) => old.name === name)?.waiting_since ?? null;
  return { name, path, present, waiting_since: present ? null : (since ?? now) };
}

function isBlocking({ waiting_since: since }: Dependency, now: string): boolean {
  return since !== null && Date.parse(now) - Date.parse(since) >= blockedAfterMs;
}

function milestonesOf(results: readonly CheckResult[]): Record<string, Milestone> {
  const entries = Object.entries(milestones).map(([checkpoint, [name, patterns]]) => {
    const needed = results.filter(({ check }) => patterns.some((pattern) => pattern.test(check)));
    const passed = needed.filter((result) => result.passed).map(({ check }) => check);
    const status: ComponentState =
      passed.length === needed.length ? "completed" : passed.length > 0 ? "in_progress" : "pending";
    const dependenciesOf = needed.map(({ check }) => check);
    return [
      checkpoint,
      {
        name,
        status,
        terminal1_contribution: [],
        terminal2_contribution: passed,
        dependencies: dependenciesOf,
      },
    ] as const;
  });
  return Object.fromEntries(entries);
}
