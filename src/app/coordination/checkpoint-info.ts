/** @file `coordination/shared_checkpoints/<kind>_models/<kind>_checkpoint_info.json`: where the newest checkpoint of a stage lies. */
import { join } from "node:path";
import { z } from "zod";
import { writeFileAtomic } from "../../runtime/files/atomic.adapter.ts";
import type { StageKind } from "./exported-models.ts";

/** The pointer. */
export interface CheckpointInfo {
  readonly timestamp: string;
  readonly terminal: "terminal2";
  readonly model_type: StageKind;
  /** 100 x steps / planned steps, rounded down. */
  readonly progress: number;
  readonly status: "training" | "trained" | "interrupted";
  /** Relative to the workspace where it lies inside, else absolute. */
  readonly checkpoint_path: string;
  readonly metadata: {
    readonly architecture: string;
    readonly observation_space: string;
    readonly action_space: string;
    /** Null where training does not count them. */
    readonly training_episodes: number | null;
    readonly final_reward: number | null;
    /** sha256 over everything that the checkpoint holds. */
    readonly content_hash: string;
  };
}

export const checkpointInfoSchema: z.ZodType<CheckpointInfo> = z.strictObject({
  timestamp: z.iso.datetime(),
  terminal: z.literal("terminal2"),
  model_type: z.enum(["strategic", "tactical"]),
  progress: z.int().min(0).max(100),
  status: z.enum(["training", "trained", "interrupted"]),
  checkpoint_path: z.string(),
  metadata: z.strictObject({
    architecture: z.string(),
    observation_space: z.string(),
    action_space: z.string(),
    training_episodes: z.int().min(0).nullable(),
    final_reward: z.number().nullable(),
    content_hash: z.string().regex(/^[0-9a-f]{64}$/),
  }),
});

/** Where the pointer of a kind lies. */
export function checkpointInfoFile(workspace: string, kind: StageKind): string {
  const folder = join(workspace, "coordination", "shared_checkpoints", `${kind}_models`);
  return join(folder, `${kind}_checkpoint_info.json`);
}

/** Replaces the pointer. */
export function writeCheckpointInfo(workspace: string, info: CheckpointInfo): void {
  const text = `${JSON.stringify(checkpointInfoSchema.parse(info), undefined, 2)}\n`;
  writeFileAtomic(checkpointInfoFile(workspace, info.model_type), text);
}
