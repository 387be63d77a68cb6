/**
 * @file The WebGPU provider gives the CPU's results to 1e-4, operator by operator and over 20 updates. Without a graphics
 * card Debian's chromium brings a software adapter (SwiftShader); where there is none either, the test says so.
 */
import { expect, test } from "vitest";
import { runWithAdapter } from "./support/adapter.ts";
import type { DeviceReport } from "./webgpu.process.ts";

const script = new URL("webgpu.process.ts", import.meta.url);

/** WGSL promises sin and cos to 2^-11 only, and SwiftShader uses some of that; everything else keeps the promise. */
const tolerance = (name: string): number => (name === "sin" || name === "cos" ? 2 ** -11 : 1e-4);

test("operators and training agree with the CPU to 1e-4", { timeout: 240_000 }, async (context) => {
  const report = await runWithAdapter<DeviceReport>(script);
  if (report.kind === "absent") {
    context.skip(`no WebGPU adapter (apt-get install chromium brings one): ${report.reason}`);
    return;
  }
  const far = Object.entries(report.operators).filter(([name, distance]) => !(distance < tolerance(name)));
  expect(far).toEqual([]);
  expect(Object.keys(report.operators).length).toBeGreaterThan(50);
  expect(report.training).toBeLessThan(1e-4);
  expect(report.resident).toBeLessThan(1e-4);
});
