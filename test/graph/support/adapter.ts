/** @file Runs a script where WebGPU finds an adapter: the machine's own, or the software driver that Debian's chromium brings. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const chromium = "/usr/lib/chromium";

/** Chromium's Vulkan loader and software driver, where they are installed. */
function driverEnvironment(): NodeJS.ProcessEnv {
  const driver = `${chromium}/vk_swiftshader_icd.json`;
  if (!existsSync(driver)) return process.env;
  return { ...process.env, VK_ICD_FILENAMES: driver, LD_LIBRARY_PATH: chromium };
}

/** The one JSON object that the script prints; its type is the script's promise. */
export async function runWithAdapter<Report>(script: URL): Promise<Report> {
  const flags = ["--import", "tsx", "--conditions=grandmodel-source", fileURLToPath(script)];
  const { stdout } = await promisify(execFile)(process.execPath, flags, { env: driverEnvironment() });
  return JSON.parse(stdout) as Report;
}
