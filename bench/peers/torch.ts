/**
 * @file The PyTorch side of the update-step benchmark: runs `torch_update.py` where a Python with torch is found.
 * One thread, the same network, loss and optimiser as ours; the answer carries which BLAS torch had, because Debian's
 * python3-torch takes the system's and is 15 times slower with the reference one (`apt-get install libopenblas0-pthread`).
 */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { z } from "zod";

interface Figures {
  /** Milliseconds of one update step 624-256-256-(5, 1) at minibatch 64, 512 and 2048. */
  readonly b64_ms: number;
  readonly b512_ms: number;
  readonly b2048_ms: number;
  /** Milliseconds of one update step of separate 4-64-64-(2 | 1) networks at minibatch 128. */
  readonly cartpole_b128_ms: number;
  /** Environment steps a second of CleanRL's ppo.py on CartPole: rollout and updates. */
  readonly cartpole_sps: number;
  /** Rate of a 512 x 512 x 512 float32 product. */
  readonly gemm_gflops: number;
  readonly torch: string;
  readonly blas: string;
  readonly threads: 1;
  /** What `torch.__config__` says of the build and of parallelism. */
  readonly config: string;
  readonly parallel: string;
}

const figure = z.number().positive();
const figuresSchema: z.ZodType<Figures> = z.object({
  b64_ms: figure,
  b512_ms: figure,
  b2048_ms: figure,
  cartpole_b128_ms: figure,
  cartpole_sps: figure,
  gemm_gflops: figure,
  torch: z.string(),
  blas: z.string(),
  threads: z.literal(1),
  config: z.string(),
  parallel: z.string(),
});

/** Figures of the peer, or why there are none. */
export type TorchPeer =
  | ({ readonly kind: "measured"; readonly python: string } & Figures)
  | { readonly kind: "absent"; readonly reason: string };

const script = fileURLToPath(new URL("torch_update.py", import.meta.url));
/** The first Python on the path may be a version manager's without packages while the system's has torch. */
const pythons = ["python3", "/usr/bin/python3"];

/**
 * Measures PyTorch on this machine, about 9 x `seconds` of wall time.
 * @param seconds time for each figure
 */
export async function torchPeer(seconds = 1.5): Promise<TorchPeer> {
  for (const python of pythons) {
    if (!(await succeeds(python, ["-c", "import torch, numpy"]))) continue;
    const env = { ...process.env, OMP_NUM_THREADS: "1", OPENBLAS_NUM_THREADS: "1", MKL_NUM_THREADS: "1" };
    const { stdout } = await promisify(execFile)(python, [script, String(seconds)], { env });
    return { kind: "measured", python, ...figuresSchema.parse(JSON.parse(stdout)) };
  }
  return {
    kind: "absent",
    reason: "no Python with torch and numpy: apt-get install python3-torch libopenblas0-pthread",
  };
}

async function succeeds(command: string, args: readonly string[]): Promise<boolean> {
  return promisify(execFile)(command, args).then(
    () => true,
    () => false,
  );
}
