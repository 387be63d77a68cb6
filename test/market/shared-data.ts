/** @file Where the reference data lie: beside the checkout, never in it; tests that need them say so when they are absent. */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL("../../../shared/", import.meta.url));

/** True when the reference data are there. */
export const hasSharedData: boolean = existsSync(`${folder}data`);

/** Suffix of test names, so that a skipped test tells why. */
export const needsSharedData: string = hasSharedData ? "" : " (skipped: ../shared/data is absent)";

/** Path of a reference data file. */
export function sharedData(name: string): string {
  return `${folder}data/${name}`;
}

export const nq30 = "NQ - 30 min - ETH.csv";
export const cl30 = "@CL - 30 min - ETH.csv";
export const nq5 = "nq_5m_tv_2024-12_2025-12.csv";
