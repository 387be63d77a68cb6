/** @file A run in a process of its own: writes its journal to standard output, and its result's digest as the last line. */
import { sha256 } from "../../src/runtime/hash.adapter.ts";
import { backtest } from "../../src/trading/engine/backtest.ts";
import { configureRun } from "../../src/trading/engine/setup.ts";
import { chainedJournal } from "../../src/trading/journal.ts";
import { setup, strategy } from "../../examples/strategies/breakout.ts";
import { exampleSeries } from "../../examples/strategies/data.ts";
import { digest } from "./support.ts";

const series = await exampleSeries("nq-5m", "");
const lines: string[] = [];
const journal = chainedJournal(sha256, (line) => lines.push(line));
const result = backtest({ ...configureRun(strategy, setup, series), journal });
process.stdout.write(`${lines.join("")}${digest(result)}\n`);
