/**
 * @file What this session runs on, from environment variables and the accelerator's own tool; no network. Names follow
 * training.md section 7.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { type ChosenProfile, type DeviceFacts, type ProfileName, chooseProfile } from "./profiles.ts";

/** Variables that only one kind of host sets. */
const colabVariables = ["COLAB_RELEASE_TAG", "COLAB_GPU", "COLAB_BACKEND_VERSION"] as const;
const otherVariables = ["KAGGLE_KERNEL_RUN_TYPE", "SAGEMAKER_INTERNAL_IMAGE_URI"] as const;

/** Where Colab mounts a user's drive. */
const driveMount = "/content/drive/MyDrive";

/** Looks at the environment variables `env` and asks `nvidia-smi`, where there is one, for name and memory. */
export function detectColabEnvironment(
  env: NodeJS.ProcessEnv = process.env,
  askAccelerator: () => string | undefined = nvidiaSmi,
): DeviceFacts {
  const isSet = (name: string): boolean => env[name] !== undefined && env[name] !== "";
  const environment = colabVariables.some(isSet) ? "colab" : otherVariables.some(isSet) ? "other" : "local";
  // `Tesla T4, 15360`: name and MiB, one line per card.
  const [gpu, mebibytes] = (askAccelerator()?.split("\n")[0] ?? "").split(",").map((part) => part.trim());
  if (gpu === undefined || gpu === "") return { environment };
  return { environment, gpu, gpuMemoryGiB: Number(mebibytes) / 1024 };
}

/** The profile of this machine; `override` wins. */
export function detectDeviceProfile(override?: ProfileName): ChosenProfile {
  return chooseProfile(detectColabEnvironment(), override);
}

/**
 * The folder for checkpoints: inside the mounted drive where there is one, else `local`. Made when absent.
 * @param mount where a drive would be mounted
 */
export function setupGoogleDrive(
  local: string,
  mount: string = driveMount,
): { readonly folder: string; readonly mounted: boolean } {
  const mounted = existsSync(mount);
  const folder = mounted ? join(mount, "grandmodel") : local;
  mkdirSync(folder, { recursive: true });
  return { folder, mounted };
}

function nvidiaSmi(): string | undefined {
  const query = ["--query-gpu=name,memory.total", "--format=csv,noheader,nounits"];
  const asked = spawnSync("nvidia-smi", query, { encoding: "utf8", timeout: 2000 });
  return asked.status === 0 ? asked.stdout : undefined;
}
