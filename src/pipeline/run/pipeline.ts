/**
 * @file `runPipeline`: Strategic -> Tactical -> Risk -> Execution over a stream of bars, on one trading engine. At a shared
 * close the 30-minute bar comes first, so the tactical team sees the message of the same close. Policies are awaited; the
 * engine's phases are those of every back-test. With a folder the run is journalled and snapshot, and a run that was
 * killed goes on from its newest snapshot: it makes the records that the journal already holds once more, each is
 * compared, and only then it writes new ones. Deterministic: equal configurations give equal bytes.
 */
import { resultOf } from "../../trading/engine/backtest.ts";
import { restoreRun, saveRun } from "../../trading/engine/saved-run.ts";
import { observationSize } from "../../stages/strategic/observation.ts";
import { StrategicView } from "../../stages/strategic/observation.kernel.ts";
import { TACTICAL_OBSERVATION } from "../../stages/tactical/networks/observation.ts";
import { type PipelineFolder, openFolder } from "../journal/run-folder.adapter.ts";
import { type PipelineConfig, type PipelineSetup, pipelineSetup, setupHash } from "./config.ts";
import { clockIndex, engineOf } from "./engine.ts";
import { Feeds } from "./feeds.ts";
import { countClose, emptyMemory, memoryFromJson, memoryToJson } from "./memory.ts";
import { keepRecord, mark, type RunParts } from "./parts.ts";
import { type PipelineResult, pipelineResult } from "./result.ts";
import { strategicClose } from "./strategic-close.ts";
import { tradeStrategic } from "./strategic-trade.ts";
import { tacticalClose } from "./tactical-close.ts";
import { watchPositions } from "./watch-positions.ts";
import { forgetPlans } from "./trade-book.ts";

/**
 * Runs to the end of the bars.
 * @throws GrandModelError `PIPELINE_SERIES`, `PIPELINE_FOREIGN`, `PIPELINE_DIVERGED`, `JOURNAL_CORRUPT`, and what the
 * trading room refuses before the first bar.
 * @example
 * const result = await runPipeline({ strategicBars, tacticalBars, strategic: strategicRule(), tactical: tacticalRule() });
 */
export async function runPipeline(config: PipelineConfig): Promise<PipelineResult> {
  const setup = pipelineSetup(config);
  using folder = setup.folder === undefined ? undefined : openFolder(setup.folder, setupHash(setup));
  const parts = partsOf(setup, folder);
  // A run that was killed after its last bar has only its end to write.
  while (await instant(parts)) {
    mark(parts, "instant");
    if (folder === undefined) continue;
    if (parts.engine.closedBars % setup.snapshotEvery === 0) snapshot(parts, folder);
    else if (setup.durability === "bar") folder.journal.flush();
  }
  const result = pipelineResult(parts, resultOf(parts.engine));
  folder?.journal.flush();
  return result;
}

/** One instant: the exchange, then the teams whose bars close, coarser first. */
function instant(parts: RunParts): Promise<boolean> {
  const { engine, setup } = parts;
  return engine.stepWith(async (market) => {
    if (setup.mode === "strategic-only") await closeStrategicOnly(parts);
    else if (market.delivered === clockIndex) await closeTactical(parts);
    else await closeStrategic(parts);
  });
}

async function closeStrategic(parts: RunParts): Promise<void> {
  const close = await strategicClose(parts);
  if (close === undefined) return;
  const { belief, cause, context, core } = close;
  keepRecord(parts, { ...core, ...belief, stage: "strategic", contextId: context.id }, cause);
}

async function closeTactical(parts: RunParts): Promise<void> {
  const { tactical } = parts.feeds;
  if (tactical !== undefined) await tacticalClose(parts, tactical);
  countClose(parts.memory, parts.engine.account.ledger.position(0).units);
}

async function closeStrategicOnly(parts: RunParts): Promise<void> {
  const { engine, feeds, memory } = parts;
  feeds.feedClock(feeds.clock.first + engine.closedBars);
  const close = await strategicClose(parts);
  watchPositions(parts.setup, parts.engine, parts.memory.book);
  if (close !== undefined) tradeStrategic(parts, close);
  countClose(memory, engine.account.ledger.position(0).units);
}

/** Everything of a run, where it begins or where its newest snapshot left it. */
function partsOf(setup: PipelineSetup, folder: PipelineFolder | undefined): RunParts {
  const feeds = new Feeds(setup);
  const engine = engineOf(setup, feeds.clock, feeds.strategicSeries, feeds.risk, folder?.journal);
  const saved = folder?.resumed;
  const memory = saved === undefined ? emptyMemory(setup.priorOutcomes) : memoryFromJson(saved.stages);
  const parts: RunParts = {
    setup,
    engine,
    feeds,
    memory,
    journal: folder?.journal,
    strategicView: new StrategicView(feeds.strategic.columns, setup.spec, {
      maxContracts: setup.maxContracts,
      ...(setup.roleMasking === undefined ? {} : { roleMasking: setup.roleMasking }),
    }),
    strategicInput: new Float32Array(4 * observationSize),
    tacticalInput: new Float32Array(3 * TACTICAL_OBSERVATION),
  };
  if (saved === undefined) folder?.journal.append("run", 0, 0, { setup: setupHash(setup), mode: setup.mode });
  else {
    restoreRun(engine, { state: saved.engine, arrays: saved.arrays });
    feeds.feedClock(feeds.clock.first + (engine.state.cursors[clockIndex] ?? 0));
    feeds.feedStrategic(feeds.strategicSeries.first + (engine.state.cursors.at(-1) ?? 0));
  }
  return parts;
}

function snapshot(parts: RunParts, folder: PipelineFolder): void {
  const { engine, memory } = parts;
  forgetFinished(parts);
  const { arrays, state } = saveRun(engine);
  folder.save({ bar: engine.closedBars, engine: state, arrays, stages: memoryToJson(memory) });
}

/** Ids and plans of orders that work no longer are not carried on: decision ids never come twice. */
function forgetFinished({ engine, memory }: RunParts): void {
  const working = new Set(engine.desk.orders().map((order) => order.id));
  forgetPlans(memory.book, working);
  for (const [id, order] of engine.desk.state.byClientId) {
    if (!working.has(order.id)) engine.desk.state.byClientId.delete(id);
  }
}
