/**
 * @file The WebGPU provider gives the CPU's results to 1e-4, operator by operator and over 20 updates. Without a graphics
 * card Debian's chromium brings a software adapter (SwiftShader); where there is none either, the test says so.
 */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import type { DeviceReport } from "./webgpu.process.ts";

const script = fileURLToPath(new URL("webgpu.process.ts", import.meta.url));
const chromium = "/usr/lib/chromium";

/** Chromium's Vulkan loader and software driver, where they are installed; the machine's own otherwise. */
function driverEnvironment(): NodeJS.ProcessEnv {
  const driver = `${chromium}/vk_swiftshader_icd.json`;
  if (!existsSync(driver)) return process.env;
  return { ...process.env, VK_ICD_FILENAMES: driver, LD_LIBRARY_PATH: chromium };
}

/** WGSL promises sin and cos to 2^-11 only, and SwiftShader uses some of that; everything else keeps the promise. */
const tolerance = (name: string): number => (name === "sin" || name === "cos" ? 2 ** -11 : 1e-4);

test("operators and training agree with the CPU to 1e-4", { timeout: 240_000 }, async (context) => {
  const flags = ["--import", "tsx", "--conditions=grandmodel-source", script];
  const { stdout } = await promisify(execFile)(process.execPath, flags, { env: driverEnvironment() });
  const report = JSON.parse(stdout) as DeviceReport;
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
