/**
 * @file Device profiles: how much a machine takes at once. Invariant: a profile changes speed and memory, never shapes;
 * the observation windows stay 48 and 60 bars in every profile. Spec: training.md section 7.
 */

/** In the order of growing memory. */
export type ProfileName = "cpu" | "colab_t4" | "colab_v100" | "colab_a100";

/** Sizes that suit a device. */
export interface DeviceProfile {
  readonly name: ProfileName;
  /** Sequences of one gradient step. */
  readonly batch: number;
  /** Bars of a training sequence (recurrent or streamed); not the observation window. */
  readonly sequence: number;
  /** Dropout samples of one call. */
  readonly mcChunk: number;
  /** Gradient steps that are added up before the parameters move. */
  readonly gradAccum: number;
}

export const deviceProfiles: Readonly<Record<ProfileName, DeviceProfile>> = {
  cpu: { name: "cpu", batch: 16, sequence: 48, mcChunk: 250, gradAccum: 4 },
  colab_t4: { name: "colab_t4", batch: 16, sequence: 32, mcChunk: 250, gradAccum: 4 },
  colab_v100: { name: "colab_v100", batch: 32, sequence: 48, mcChunk: 500, gradAccum: 2 },
  colab_a100: { name: "colab_a100", batch: 64, sequence: 48, mcChunk: 1000, gradAccum: 1 },
};

export const profileNames: readonly [ProfileName, ...ProfileName[]] = [
  "cpu",
  "colab_t4",
  "colab_v100",
  "colab_a100",
];

/** Where this process runs and on what. */
export interface DeviceFacts {
  /** `other` is another hosted notebook. */
  readonly environment: "local" | "colab" | "other";
  /** Name of the first accelerator; absent without one. */
  readonly gpu?: string;
  readonly gpuMemoryGiB?: number;
}

/** A profile and why it was taken. */
export interface ChosenProfile {
  readonly profile: DeviceProfile;
  readonly reason: string;
  readonly facts: DeviceFacts;
}

/** Names that decide alone, whatever their memory. */
const byName: readonly (readonly [pattern: RegExp, name: ProfileName])[] = [
  [/\bT4\b/i, "colab_t4"],
  [/\bV100\b/i, "colab_v100"],
  [/\bA100\b/i, "colab_a100"],
];

/** Upper bounds of memory in GiB, exclusive. */
const byMemory: readonly (readonly [below: number, name: ProfileName])[] = [
  [12, "cpu"],
  [20, "colab_t4"],
  [36, "colab_v100"],
  [Infinity, "colab_a100"],
];

/** The override where there is one, else by the accelerator's name, else by its memory, else `cpu`. */
export function chooseProfile(facts: DeviceFacts, override?: ProfileName): ChosenProfile {
  const because = (name: ProfileName, reason: string): ChosenProfile => ({
    profile: deviceProfiles[name],
    reason,
    facts,
  });
  if (override !== undefined) return because(override, "asked for");
  const { gpu, gpuMemoryGiB } = facts;
  if (gpu === undefined) return because("cpu", "no accelerator found");
  const named = byName.find(([pattern]) => pattern.test(gpu));
  if (named !== undefined) return because(named[1], `accelerator ${gpu}`);
  const memory = gpuMemoryGiB ?? 0;
  const fitting = byMemory.find(([below]) => memory < below)?.[1] ?? "cpu";
  return because(fitting, `accelerator ${gpu} with ${memory.toFixed(0)} GiB`);
}
