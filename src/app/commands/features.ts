/** @file `grandmodel features compute|plot`: feature tables of a file of bars, their report, and a picture of them. */
import type { Command } from "commander";
import { z } from "zod";
import { addCommand, addGroup } from "../command.ts";
import type { OptionSpec } from "../option.ts";

const schemas = ["strategic-13", "technical-13", "tactical-7", "fvg-7"] as const;

const sources = ["real", "synthetic", "bridged"] as const;

const shared = {
  file: z.string(),
  schema: z.enum(schemas).default("tactical-7"),
  symbol: z.string().optional(),
  zone: z.string().optional(),
  tick: z.number().positive().optional(),
  source: z.enum(sources).optional(),
  out: z.string().optional(),
};

const sharedOptions: readonly OptionSpec[] = [
  { flags: "--schema <name>", help: "matrix schema (default: tactical-7)", choices: [...schemas] },
  { flags: "--symbol <name>", help: "instrument, where the file does not tell", read: "text" },
  { flags: "--zone <zone>", help: "time zone of the stamps, where the file does not tell", read: "text" },
  { flags: "--source <kind>", help: "what the bars are (default: real)", choices: [...sources] },
  { flags: "--tick <points>", help: "tick size, for instruments that the table lacks" },
];

/** Adds the group `features`. */
export function addFeatures(program: Command): void {
  const group = addGroup(program, "features", "Compute and draw the features that the agents see");
  addCompute(group);
  addPlot(group);
}

function addCompute(group: Command): void {
  addCommand(group, {
    usage: "compute <file>",
    summary: "Write the rows of a schema over a file of bars, and a report beside them",
    examples: [
      {
        line: "features compute nq-5m.csv --symbol NQ",
        does: "writes nq-5m.tactical-7.parquet and its report",
      },
      {
        line: "features compute nq-30m.csv --symbol NQ --schema strategic-13 --out nq.csv",
        does: "writes CSV; 5-minute files are put together to 30-minute bars first",
      },
    ],
    options: [
      ...sharedOptions,
      {
        flags: "--out <path>",
        help: "file ending in .parquet or .csv (default: beside the input)",
        read: "text",
      },
    ],
    schema: z.strictObject(shared),
    plan: async (input) => ({
      will: { read: input.file, write: tablePath(input), report: reportPath(tablePath(input)) },
    }),
    run: async (input, { output, progress, commandLine }) => {
      const { loadBars } = await import("../features/load-bars.ts");
      const { computeTable } = await import("../features/feature-table.ts");
      const { writeTable } = await import("../features/write-table.ts");
      const { featureReport, renderReport } = await import("../features/feature-report.ts");
      const { schemaNamed } = await import("../../features/catalog.ts");
      const { writeFileAtomic } = await import("../../runtime/files/atomic.adapter.ts");
      const loaded = await loadBars(input.file, input.schema, input);
      const table = computeTable(schemaNamed(input.schema, loaded.tick), loaded.bars, progress);
      const path = tablePath(input);
      await writeTable(path, path.endsWith(".csv") ? "csv" : "parquet", loaded.bars, table);
      const report = featureReport({ schema: input.schema, file: input.file, commandLine, loaded, table });
      writeFileAtomic(reportPath(path), `${JSON.stringify(report, null, 2)}\n`);
      output.result(
        { kind: "features", table: path, report: reportPath(path), summary: report },
        renderReport(report, [path, reportPath(path)]),
      );
    },
  });
}

function addPlot(group: Command): void {
  addCommand(group, {
    usage: "plot <file>",
    summary: "Draw price and a heat map of the columns as SVG",
    examples: [
      { line: "features plot nq-5m.csv --symbol NQ --bars 1000", does: "draws the last thousand bars" },
      {
        line: "features plot nq-30m.csv --symbol NQ --schema strategic-13 --out nq.svg",
        does: "draws the whole file, one colour for several bars",
      },
    ],
    options: [
      ...sharedOptions,
      { flags: "--bars <n>", help: "draw the last n bars (default: all)" },
      { flags: "--out <path>", help: "SVG file (default: beside the input)", read: "text" },
    ],
    schema: z.strictObject({ ...shared, bars: z.int().min(2).optional() }),
    plan: async (input) => ({ will: { read: input.file, write: plotPath(input) } }),
    run: async (input, { output, progress }) => {
      const { loadBars } = await import("../features/load-bars.ts");
      const { computeTable } = await import("../features/feature-table.ts");
      const { heatMap } = await import("../features/heat-map.ts");
      const { schemaNamed } = await import("../../features/catalog.ts");
      const { writeFileAtomic } = await import("../../runtime/files/atomic.adapter.ts");
      const { bars, tick } = await loadBars(input.file, input.schema, input);
      const table = computeTable(schemaNamed(input.schema, tick), bars, progress);
      const title = `${bars.symbol} ${input.schema}, ${bars.intervalMs / 60_000} min, data ${bars.dataSource}`;
      const path = plotPath(input);
      writeFileAtomic(path, heatMap(bars, table, title, input.bars));
      output.result({ kind: "feature-plot", plot: path, dataSource: bars.dataSource }, `wrote ${path}`);
    },
  });
}

interface Target {
  readonly file: string;
  readonly schema: string;
  readonly out?: string | undefined;
}

function stemOf(file: string): string {
  return file.replace(/(\.(csv|txt|json|parquet|gz|zip))+$/i, "");
}

function tablePath({ file, schema, out }: Target): string {
  return out ?? `${stemOf(file)}.${schema}.parquet`;
}

function reportPath(path: string): string {
  return `${path.replace(/\.(csv|parquet)$/i, "")}.report.json`;
}

function plotPath({ file, schema, out }: Target): string {
  return out ?? `${stemOf(file)}.${schema}.svg`;
}
