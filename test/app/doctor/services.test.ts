/** @file Rows of `doctor` about the device and about programs that single features use. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { firstThatAnswers } from "../../../src/app/doctor/program.ts";
import { kernels } from "../../../src/app/doctor/services.ts";
import { scratchFolder } from "../../scratch.ts";
import { run } from "../command-line.ts";

function register(folder: string, name: string, language: string): void {
  mkdirSync(join(folder, name), { recursive: true });
  writeFileSync(join(folder, name, "kernel.json"), JSON.stringify({ argv: [], language }));
}

test("a TypeScript kernel is found by its registration, another one is named as what there is", () => {
  const folder = scratchFolder();
  expect(kernels([join(folder, "absent")])).toStrictEqual({
    state: "absent",
    found: "no kernel is registered",
  });
  register(folder, "python3", "python");
  expect(kernels([folder])).toStrictEqual({ state: "absent", found: "only python3" });
  register(folder, "deno", "typescript");
  expect(kernels([folder])).toStrictEqual({ state: "ok", found: "deno" });
});

test("a program is asked for its version, the first that answers counts", () => {
  expect(firstThatAnswers([["no-such-program-here"], [process.execPath, "--version"]])).toMatchObject({
    state: "ok",
    found: `${process.execPath}: ${process.version}`,
  });
  expect(firstThatAnswers([["no-such-program-here"]]).state).toBe("absent");
});

test("doctor names the profile and why, and a row per optional part", async () => {
  const { out, code } = await run("doctor", "--json", "--run-dir", scratchFolder());
  const { checks } = JSON.parse(out) as { checks: { name: string; state: string; found: string }[] };
  const named = (name: string): string => checks.find((check) => check.name === name)?.found ?? "no such row";
  expect(named("device profile")).toMatch(
    /^(cpu|colab_\w+) \(.*; (local|colab|other)\): batch \d+, sequence \d+/,
  );
  for (const name of ["gpu", "jupyter kernel", "deno", "redis", "memory", "run folder"])
    expect(named(name)).not.toBe("no such row");
  expect(code).toBe(checks.some(({ state }) => state === "fail") ? 1 : 0);
});
