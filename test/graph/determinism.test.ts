/** @file Same seed, same bytes: repeated runs, one and two threads; and the step trains. */
import { expect, test } from "vitest";
import { training } from "./support/training.ts";

// Wide enough that ONNX Runtime splits its products between threads, and that slabs are cut into windows.
const wide = { batch: 192, features: 160, hidden: 128, actions: 5 };
const narrow = { batch: 32, features: 4, hidden: 16, actions: 2 };

test.each([wide, narrow])("twice the same bytes, hidden $hidden", async (size) => {
  const [one, two] = [await training(size), await training(size)];
  const bytes = await one.run(25);
  expect(await two.run(25)).toBe(bytes);
  await Promise.all([one.compiled.release(), two.compiled.release()]);
});

test.each([wide, narrow])("one and two threads give the same bytes, hidden $hidden", async (size) => {
  const [one, two] = [await training(size, { threads: 1 }), await training(size, { threads: 2 })];
  const bytes = await one.run(25);
  expect(await two.run(25)).toBe(bytes);
  await Promise.all([one.compiled.release(), two.compiled.release()]);
});

test("the fused step and the step as traced train alike", async () => {
  const [fused, traced] = [await training(wide), await training(wide, { optimise: false })];
  await Promise.all([fused.run(20), traced.run(20)]);
  const distance = fused.parameters().map((value, i) => Math.abs(value - traced.parameters()[i]!));
  expect(Math.max(...distance)).toBeLessThan(1e-4);
  await Promise.all([fused.compiled.release(), traced.compiled.release()]);
});
