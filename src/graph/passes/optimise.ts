/** @file The passes, put together. */
import type { Graph } from "../graph.ts";
import { algebraRules } from "./algebra.ts";
import { fusionRules } from "./fusion.ts";
import { loweringRules } from "./lowering.ts";
import { type Rules, rewrite } from "./rewrite.ts";
import { sinkRules } from "./sink.ts";

function join(...all: readonly Rules[]): Rules {
  const names = new Set(all.flatMap((rules) => Object.keys(rules)));
  return Object.fromEntries([...names].map((name) => [name, all.flatMap((rules) => rules[name] ?? [])]));
}

const allRules = join(loweringRules, algebraRules, fusionRules);

/** The graph as it can run: lowered, equal nodes merged, otherwise as traced. */
export function lower(graph: Graph): Graph {
  return rewrite(graph, loweringRules);
}

/** An equivalent graph of fewer and larger operators. */
export function optimise(graph: Graph): Graph {
  return rewrite(graph, allRules);
}

/** The graph with joined vectors updated part by part. */
export function sink(graph: Graph): Graph {
  return rewrite(graph, join(sinkRules, algebraRules));
}
