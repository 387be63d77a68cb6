/** @file `grandmodel doctor`: one row per thing that this machine must, should or may have. */
import type { Command } from "commander";
import { z } from "zod";
import { addCommand } from "../command.ts";

/** Adds `doctor`. */
export function addDoctor(program: Command): void {
  addCommand(program, {
    usage: "doctor",
    summary: "Check what this machine offers",
    examples: [
      { line: "doctor", does: "prints a row per check with what to do about it" },
      { line: "doctor --json", does: "the same as one JSON document" },
    ],
    schema: z.strictObject({}),
    run: async (_, { output, runDir }) => {
      const { examine, renderChecks } = await import("../doctor/examine.ts");
      const { colorsFor } = await import("../terminal.ts");
      const checks = await examine(runDir);
      output.result(
        { kind: "doctor", checks: checks.map((check) => ({ ...check })) },
        renderChecks(checks, colorsFor(process.stdout)),
      );
      return checks.some((check) => check.state === "fail") ? 1 : 0;
    },
  });
}
