/**
 * @file The metric files of a run: `metrics.jsonl` holds what the seed decides (equal runs have equal bytes), `timings.jsonl`
 * what the machine decides, `tensorboard/` both. Resuming cuts what was written after the checkpoint.
 */
import { appendFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { UpdateMetrics } from "../../marl/learner/trainer.ts";
import type { LogEvent } from "../../marl/logging/event.ts";
import { tensorBoardSink } from "../../marl/logging/tensorboard.ts";
import { systemClock } from "../../runtime/clock.adapter.ts";
import { writeFileAtomic } from "../../runtime/files/atomic.adapter.ts";
import { sha256 } from "../../runtime/hash.adapter.ts";
import type { Json } from "../../runtime/json.ts";
import type { RunFolder } from "../../runtime/run/run-folder.adapter.ts";

/** Where the numbers of one seed go. */
export interface MetricsFiles {
  readonly add: (metrics: UpdateMetrics) => void;
}

/** Opens the files of a seed and cuts the lines of updates after `step`. */
export function openMetricsFiles(run: RunFolder, seed: string, step: number): MetricsFiles {
  for (const name of ["metrics.jsonl", "timings.jsonl"]) cutAfter(run.path(name), seed, step);
  const board = openTensorBoard(run, seed);
  return {
    add: (metrics) => {
      run.appendLine("metrics.jsonl", { seed, ...decidedBySeed(metrics) });
      const { spans, stepsPerSecond } = metrics;
      run.appendLine("timings.jsonl", { seed, step: metrics.step, stepsPerSecond, spans: { ...spans } });
      for (const event of eventsOf(metrics)) board(event);
    },
  };
}

/** sha256 of the metrics file: equal for equal runs, however often they were interrupted. */
export function hashMetrics(run: RunFolder): string {
  const path = run.path("metrics.jsonl");
  return sha256(existsSync(path) ? readFileSync(path) : "");
}

function decidedBySeed({ update, step, episodes, learners }: UpdateMetrics): {
  readonly [key: string]: Json;
} {
  const [meanReturn, meanLength] = [
    mean(episodes.map((e) => e.meanReturn)),
    mean(episodes.map((e) => e.length)),
  ];
  return { update, step, episodes: episodes.length, meanReturn, meanLength, learners: { ...learners } };
}

/** An update as the typed events that sinks take. */
function eventsOf(metrics: UpdateMetrics): LogEvent[] {
  const { update, step, episodes, learners, spans, stepsPerSecond } = metrics;
  const train: LogEvent = {
    kind: "TRAIN",
    step,
    update,
    groups: learners,
    spans: { ...spans },
    stepsPerSecond,
  };
  if (episodes.length === 0) return [train];
  const meanReturn = mean(episodes.map((e) => e.meanReturn)) ?? 0;
  const meanLength = mean(episodes.map((e) => e.length)) ?? 0;
  return [{ kind: "ACT", step, episodes: episodes.length, meanReturn, meanLength }, train];
}

function openTensorBoard(run: RunFolder, seed: string): (event: LogEvent) => void {
  const folder = run.path("tensorboard", `seed-${seed}`);
  mkdirSync(folder, { recursive: true });
  const seconds = Math.floor(systemClock.nowMs() / 1000);
  const file = join(folder, `events.out.tfevents.${seconds}.grandmodel`);
  return tensorBoardSink((bytes) => appendFileSync(file, bytes), systemClock);
}

/** Keeps the whole lines of other seeds and of this seed up to `step`; a torn last line goes too. */
function cutAfter(path: string, seed: string, step: number): void {
  if (!existsSync(path)) return;
  const lines = readFileSync(path, "utf8").split("\n").slice(0, -1);
  const kept = lines.filter((line) => {
    const { seed: owner, step: at }: { readonly seed: string; readonly step: number } = JSON.parse(line);
    return owner !== seed || at <= step;
  });
  writeFileAtomic(path, kept.map((line) => `${line}\n`).join(""));
}

function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}
