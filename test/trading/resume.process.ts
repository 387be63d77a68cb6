/**
 * @file A journaled back-test in a process of its own: `resume.process.ts <folder> <bar>` kills itself, without warning, while
 * it decides at that bar; without a bar it runs to the end and prints the digest of its result.
 */
import { journaledBacktest } from "../../src/app/trading/journaled-run.ts";
import { configureRun } from "../../src/trading/engine/setup.ts";
import { setup, strategy } from "../../examples/strategies/breakout.ts";
import { exampleSeries } from "../../examples/strategies/data.ts";
import { digest } from "./support.ts";

const [folder = "", lastBar = "Infinity"] = process.argv.slice(2);
const onBar: typeof strategy.onBar = (market, desk, state) => {
  strategy.onBar(market, desk, state);
  if (market.bar.count === Number(lastBar)) process.kill(process.pid, "SIGKILL");
};
const config = configureRun({ ...strategy, onBar }, setup, await exampleSeries("nq-5m", ""));
process.stdout.write(digest(journaledBacktest(config, folder, "breakout")));
