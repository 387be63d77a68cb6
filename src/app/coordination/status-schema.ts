/**
 * @file The status file of the process that trains strategic and tactical agents (`terminal2_status.json`): types and strict
 * schema. Invariant: no number in it is typed; progress follows from evidence. Spec: training.md 10, operations.md 6.
 */
import { z } from "zod";

/** Components that this terminal owns. */
export type ComponentName = "strategic_training" | "tactical_training";

export const componentNames: readonly [ComponentName, ...ComponentName[]] = [
  "strategic_training",
  "tactical_training",
];

/** A check that passed: where its proof lies and what the proof's bytes were. */
export interface Evidence {
  /** Relative to the workspace. */
  readonly path: string;
  readonly sha256: string;
  readonly check: string;
  readonly passedAt: string;
}

/** Something that another component, or the other terminal, provides. */
export interface Dependency {
  readonly name: string;
  readonly path: string;
  readonly present: boolean;
  /** Since when it has been missing; null while it is present. */
  readonly waiting_since: string | null;
}

export type ComponentState = "pending" | "in_progress" | "completed" | "blocked" | "failed";

export interface Component {
  /** 100 x passed / all checks, rounded down. */
  readonly progress: number;
  readonly status: ComponentState;
  readonly last_updated: string;
  readonly completion_target: string;
  readonly dependencies: readonly Dependency[];
  /** Checks that do not pass, each with what was found. */
  readonly issues: readonly string[];
  readonly evidence: readonly Evidence[];
}

export interface Milestone {
  readonly name: string;
  readonly status: ComponentState;
  /** Owned by the other process; this one leaves it empty. */
  readonly terminal1_contribution: readonly string[];
  /** Checks of this terminal that pass. */
  readonly terminal2_contribution: readonly string[];
  /** Checks that it needs. */
  readonly dependencies: readonly string[];
}

export interface TerminalStatus {
  readonly terminal_id: "terminal2";
  /** Grows by one with each write. */
  readonly revision: number;
  readonly primary_responsibilities: readonly string[];
  readonly current_status: { readonly [name in ComponentName]: Component };
  readonly shared_milestones: { readonly [checkpoint: string]: Milestone };
  readonly available_resources: {
    readonly cpu: string;
    readonly cores: number;
    readonly memory_gib: number;
    readonly device_profile: string;
    readonly gpu: string | null;
  };
  readonly coordination_protocol: {
    readonly status_update_frequency: "every_30_minutes";
    readonly checkpoint_sync_method: "file_based";
    readonly issue_escalation: "immediate_logging";
    readonly dependency_resolution: "blocking_wait";
  };
  readonly last_coordination_sync: string;
}

const iso = z.iso.datetime();
const state = z.enum(["pending", "in_progress", "completed", "blocked", "failed"]);
const names = z.array(z.string());

const component: z.ZodType<Component> = z.strictObject({
  progress: z.int().min(0).max(100),
  status: state,
  last_updated: iso,
  completion_target: z.string(),
  dependencies: z.array(
    z.strictObject({
      name: z.string(),
      path: z.string(),
      present: z.boolean(),
      waiting_since: iso.nullable(),
    }),
  ),
  issues: names,
  evidence: z.array(
    z.strictObject({
      path: z.string(),
      sha256: z.string().regex(/^[0-9a-f]{64}$/),
      check: z.string(),
      passedAt: iso,
    }),
  ),
});

export const statusSchema: z.ZodType<TerminalStatus> = z.strictObject({
  terminal_id: z.literal("terminal2"),
  revision: z.int().min(1),
  primary_responsibilities: names,
  current_status: z.strictObject({ strategic_training: component, tactical_training: component }),
  shared_milestones: z.record(
    z.string().regex(/^checkpoint_[1-4]$/),
    z.strictObject({
      name: z.string(),
      status: state,
      terminal1_contribution: names,
      terminal2_contribution: names,
      dependencies: names,
    }),
  ),
  available_resources: z.strictObject({
    cpu: z.string(),
    cores: z.int().min(1),
    memory_gib: z.number().min(0),
    device_profile: z.string(),
    gpu: z.string().nullable(),
  }),
  coordination_protocol: z.strictObject({
    status_update_frequency: z.literal("every_30_minutes"),
    checkpoint_sync_method: z.literal("file_based"),
    issue_escalation: z.literal("immediate_logging"),
    dependency_resolution: z.literal("blocking_wait"),
  }),
  last_coordination_sync: iso,
});
