/** @file A result as a Markdown page, and the list of all results. */
import type { ResultDocument } from "../reproduce/contract.ts";
import { table } from "./table.ts";

/** True, false, or undefined where the task has no target. */
export function meetsTarget({ target, mean }: Pick<ResultDocument, "target" | "mean">): boolean | undefined {
  if (target === undefined) return undefined;
  switch (target.rule) {
    case ">=":
      return mean >= target.value;
    case "<=":
      return mean <= target.value;
    case "==":
      return mean === target.value;
    default:
      return target.rule satisfies never;
  }
}

function verdict(result: ResultDocument): string {
  const met = meetsTarget(result);
  if (result.target === undefined || met === undefined) return "no target";
  return `${met ? "PASS" : "FAIL"} (target ${result.target.rule} ${show(result.target.value)})`;
}

/** The page of one result. */
export function renderPage(result: ResultDocument): string {
  const rows: readonly (readonly [string, string])[] = [
    ["result", `**${show(result.mean)}** [${show(result.interval[0])}, ${show(result.interval[1])}] (95 %)`],
    ["verdict", verdict(result)],
    ["variant", result.variant],
    ["metric", result.metric],
    ["convention", result.convention],
    ["steps per seed", result.steps.toLocaleString("en-US")],
    ["data", result.dataSource],
    ["command", `\`${result.command}\``],
    ["machine", Object.values(result.machine).flat().join(", ")],
    ["commit, date", `${result.commit}, ${result.date}`],
  ];
  return [
    "<!-- Written by `npm run reproduce`; do not edit. -->",
    `# ${result.task}`,
    "",
    table(["", ""], rows),
    "",
    ...(result.curve === undefined
      ? []
      : [`![${result.metric} over environment steps](${result.task}.svg)`, ""]),
    ...(result.files ?? []).flatMap((file) => [besidePage(file), ""]),
    table(
      ["seed", "value"],
      result.seeds.map((seed, i) => [String(seed), show(result.values[i])]),
    ),
    ...(result.baselines === undefined
      ? []
      : [
          "",
          table(
            ["reference", "value", "source"],
            result.baselines.map((b) => [b.name, show(b.value), b.source]),
          ),
        ]),
    ...(result.notes ?? []).flatMap((note) => ["", note]),
    "",
  ].join("\n");
}

function besidePage(file: string): string {
  return file.endsWith(".svg") ? `![${file.slice(0, -4)}](${file})` : `Beside this page: [${file}](${file})`;
}

/** `docs/results/README.md`: every result with its verdict and command. */
export function renderIndex(results: readonly ResultDocument[]): string {
  const rows = results.map((result) => [
    `[${result.task}](${result.task}.md)`,
    `${result.variant}, ${result.metric}`,
    `${show(result.mean)} [${show(result.interval[0])}, ${show(result.interval[1])}]`,
    verdict(result),
    String(result.seeds.length),
    `\`${result.command}\``,
  ]);
  return [
    "<!-- Written by `npm run reproduce`; do not edit. -->",
    "# Results",
    "",
    "Each line was measured by its command on the machine that its page names; intervals are 95 % over seeds.",
    "",
    table(["task", "variant, metric", "result", "verdict", "seeds", "command"], rows),
    "",
  ].join("\n");
}

function show(value: number | undefined): string {
  if (value === undefined) return "-";
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(5)));
}
