/**
 * @file Runs in its own process with `--expose-gc`: memory after many steps and after many compilations, as JSON.
 * A process of its own, because other tests' memory would drown what is measured.
 */
import { training } from "./support/training.ts";

const size = { batch: 4, features: 2, hidden: 4, actions: 2 };

function residentMegabytes(): number {
  (globalThis as unknown as { gc: () => void }).gc();
  return process.memoryUsage().rss / 2 ** 20;
}

const one = await training(size);
await one.run(20_000);
const beforeSteps = residentMegabytes();
await one.run(80_000);
const afterSteps = residentMegabytes();
await one.compiled.release();

const compileAndRelease = async (count: number): Promise<void> => {
  for (let i = 0; i < count; i += 1) {
    const another = await training({ ...size, features: 512, hidden: 128 });
    await another.run(2);
    await another.compiled.release();
  }
};
await compileAndRelease(40);
const beforeCompilations = residentMegabytes();
await compileAndRelease(60);
const afterCompilations = residentMegabytes();

process.stdout.write(JSON.stringify({ beforeSteps, afterSteps, beforeCompilations, afterCompilations }));
