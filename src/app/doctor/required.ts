/** @file The checks without which the product does not work. */
import { mkdirSync, rmSync, statfsSync } from "node:fs";
import { freemem } from "node:os";
import { join } from "node:path";
import type { Device } from "../../graph/ort.adapter.ts";
import { writeFileAtomic } from "../../runtime/files/atomic.adapter.ts";
import { describeMachine } from "../../runtime/machine/machine.adapter.ts";
import type { Examination, Finding } from "./check.ts";

const gib = 2 ** 30;

/** In the order of the table. */
export function requiredExaminations(runDir: string): readonly Examination[] {
  const examinations: readonly Omit<Examination, "importance">[] = [
    {
      name: "node",
      needed: "Node >= 20.19",
      remedy: "install a newer Node from nodejs.org",
      look: () => nodeVersion(process.versions.node),
    },
    {
      name: "onnxruntime cpu",
      needed: "ONNX Runtime that runs a graph",
      remedy: "run npm ci again; its binary must match this platform",
      look: runsGraph,
    },
    {
      name: "training step",
      needed: "two equal updates from one seed",
      remedy: "report this with the output of grandmodel doctor --json",
      look: repeatsTraining,
    },
    {
      name: "duckdb",
      needed: "DuckDB with icu time zones",
      remedy: "run npm ci again; its binary must match this platform",
      look: convertsZones,
    },
    {
      name: "run folder",
      needed: "a folder that can be written, with 2 GiB free",
      remedy: `make ${runDir} writable, free some disk, or pass --run-dir`,
      look: () => writesRuns(runDir),
    },
    {
      name: "memory",
      needed: "1 GiB free",
      remedy: "close other programs",
      look: () => ({
        state: freemem() >= gib ? "ok" : "fail",
        found: `${(freemem() / gib).toFixed(1)} GiB free`,
      }),
    },
    {
      name: "time zones",
      needed: "time-zone data that know 2027",
      remedy: "update Node or the system's tzdata",
      look: knows2027,
    },
  ];
  return examinations.map((examination) => ({ ...examination, importance: "required" }));
}

function nodeVersion(version: string): Finding {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return { state: major > 20 || (major === 20 && minor >= 19) ? "ok" : "fail", found: version };
}

/** Doubles three numbers on `device`; what it threw is the reason why the device is absent. */
export async function doublesOn(device: Device): Promise<string> {
  const { compile } = await import("../../graph/compile.ts");
  const { mul } = await import("../../graph/ops/arithmetic.ts");
  const { spec } = await import("../../graph/spec.ts");
  await using double = await compile(({ x }) => ({ y: mul(x, 2) }), { x: spec("f32", [3]) }, { device });
  const { y } = await double.call({ x: Float32Array.of(1, 2, 3) });
  return y.join(" ");
}

async function runsGraph(): Promise<Finding> {
  const doubled = await doublesOn("cpu");
  const found = `${describeMachine().onnxRuntime}, 2 * (1 2 3) = ${doubled}`;
  return { state: doubled === "2 4 6" ? "ok" : "fail", found };
}

async function repeatsTraining(): Promise<Finding> {
  const { createTrainer } = await import("../../marl/learner/trainer.ts");
  const { environmentDefinition } = await import("../../marl/environments/registry.ts");
  const small = { copies: 2, horizon: 8, totalSteps: 16, group: { epochs: 1 } };
  const trainer = await createTrainer({ environment: environmentDefinition("CartPole-v1"), ...small });
  const losses: string[] = [];
  for (let run = 0; run < 2; run += 1) {
    const { metrics } = await trainer.step(trainer.initialise(1));
    losses.push(JSON.stringify(metrics.learners));
  }
  await trainer.release();
  const [first = "", second] = losses;
  return {
    state: first === second ? "ok" : "fail",
    found: first === second ? "equal bytes twice" : `${first} then ${second}`,
  };
}

async function convertsZones(): Promise<Finding> {
  const { DuckDBInstance } = await import("@duckdb/node-api");
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  // Chicago is six hours behind UTC in winter and five in summer.
  const sql =
    "SELECT hour(TIMESTAMPTZ '2026-01-15 12:00:00+00' AT TIME ZONE 'America/Chicago') AS winter, " +
    "hour(TIMESTAMPTZ '2026-07-15 12:00:00+00' AT TIME ZONE 'America/Chicago') AS summer";
  const rows = (await connection.runAndReadAll(sql)).getRows();
  connection.closeSync();
  const hours = rows[0]?.map(Number).join(" ") ?? "none";
  return {
    state: hours === "6 7" ? "ok" : "fail",
    found: `noon UTC in Chicago is ${hours} h (winter, summer)`,
  };
}

function writesRuns(runDir: string): Finding {
  const probe = join(runDir, `.doctor-${process.pid}`);
  mkdirSync(runDir, { recursive: true });
  writeFileAtomic(join(probe, "probe"), "x");
  rmSync(probe, { recursive: true });
  const { bavail, bsize } = statfsSync(runDir);
  const free = bavail * bsize;
  return {
    state: free >= 2 * gib ? "ok" : "fail",
    found: `${runDir}: written, ${(free / gib).toFixed(0)} GiB free`,
  };
}

function knows2027(): Finding {
  const offset = (iso: string): string =>
    new Intl.DateTimeFormat("en-US", { timeZone: "America/New_York", timeZoneName: "shortOffset" })
      .formatToParts(new Date(iso))
      .find((part) => part.type === "timeZoneName")?.value ?? "";
  const found = `${offset("2027-03-14T06:59:00Z")} to ${offset("2027-03-14T07:00:00Z")} on 14 March 2027 in New York`;
  return { state: found.startsWith("GMT-5 to GMT-4") ? "ok" : "fail", found };
}
