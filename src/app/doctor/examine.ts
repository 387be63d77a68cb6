/** @file Runs the checks of `grandmodel doctor`, each apart so that one failure hides no other, and draws their table. */
import type pc from "picocolors";
import { renderColumns } from "../columns.ts";
import type { Check, Examination } from "./check.ts";
import { advisedExaminations } from "./advised.ts";
import { deviceExaminations } from "./device.ts";
import { requiredExaminations } from "./required.ts";
import { serviceExaminations } from "./services.ts";

/** Looks at everything. @param runDir the folder that runs would be written to */
export async function examine(runDir: string): Promise<readonly Check[]> {
  const checks: Check[] = [];
  const all = [
    ...requiredExaminations(runDir),
    ...deviceExaminations(),
    ...advisedExaminations(runDir),
    ...serviceExaminations(),
  ];
  for (const examination of all) {
    checks.push(await look(examination));
  }
  return checks;
}

async function look({ name, importance, needed, remedy, look: run }: Examination): Promise<Check> {
  try {
    const finding = await run();
    const todo = finding.state === "ok" ? "" : (finding.remedy ?? remedy);
    return { name, importance, state: finding.state, found: finding.found, needed, remedy: todo };
  } catch (error) {
    const state = importance === "required" ? "fail" : "absent";
    const [line = ""] = (error instanceof Error ? error.message : String(error)).split("\n");
    return { name, importance, state, found: line.slice(0, 100), needed, remedy };
  }
}

/** The rows as aligned text, remedies below the rows that need one. */
export function renderChecks(checks: readonly Check[], colors: ReturnType<typeof pc.createColors>): string {
  const paint = { ok: colors.green, warn: colors.yellow, fail: colors.red, absent: colors.dim } as const;
  const table = renderColumns(checks.map((check) => [check.state.padEnd(6), check.name, check.found]));
  const lines = table.split("\n").map((line, i) => {
    const check = checks[i];
    if (check === undefined) return line;
    const head = paint[check.state](line.slice(0, 6)) + line.slice(6);
    return check.remedy === "" ? head : `${head}\n        needed ${check.needed}; ${check.remedy}`;
  });
  const failed = checks.filter((check) => check.state === "fail").length;
  return [
    ...lines,
    failed === 0 ? "All that is required is there." : `${failed} required checks failed.`,
  ].join("\n");
}
