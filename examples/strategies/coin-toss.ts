/**
 * @file Random entries: one contract in a random direction, held for twelve bars. The null that every idea must beat;
 * seeded, so that `--seeds 10` runs ten different coins.
 */
import { Generator, type GeneratorState } from "../../src/runtime/random/generator.ts";
import { foldIn, keyFromSeed } from "../../src/runtime/random/key.ts";
import type { RunSetup } from "../../src/trading/engine/setup.ts";
import type { Strategy } from "../../src/trading/engine/strategy.ts";
import type { ExampleData } from "./data.ts";
import type { Expected } from "./expected.ts";
import { nqSetup } from "./nq-setup.ts";

const holdBars = 12;

interface Coin {
  /** The generator's words: state is plain data. */
  words: GeneratorState;
}

/** The coin of a seed. */
export function createStrategy(seed: number): Strategy<Coin> {
  const start = Generator.fromKey(foldIn(keyFromSeed(seed), "coin-toss")).getState();
  return {
    name: "coin-toss",
    initial: () => ({ words: start }),
    onBar: ({ bar }, desk, coin) => {
      if (bar.count % holdBars !== 0) return;
      const toss = Generator.fromState(coin.words);
      desk.target(toss.below(2) === 0 ? 1 : -1);
      coin.words = toss.getState();
    },
  };
}

export const strategy: Strategy<Coin> = createStrategy(0);
export const setup: RunSetup = nqSetup;
export const data: ExampleData = "nq-5m";
export const expected: Expected = {
  bars: 10947,
  orders: 488,
  trades: 488,
  endEquityUsd: 991_054,
  feesUsd: 2196,
  ambiguousTrades: 0,
  tradeHash: "0440c5e6133e685625103fa543882b4c2304cb4e046fd1faac4fc1e21ff7f4af",
};
