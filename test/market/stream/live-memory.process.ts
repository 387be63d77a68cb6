/**
 * @file A process that streams one file and prints the median of the memory that was live while it did (needs --expose-gc):
 * `live-memory.process.ts FILE [keep]`. The median, because a read-ahead buffer is in flight at some of the moments and not at
 * others; what a stream holds, it holds at all of them. `keep` holds every chunk, as a leak would.
 */
import type { BarSeries } from "../../../src/market/bars.ts";
import { streamBars } from "../../../src/market/stream/stream-bars.adapter.ts";

const collectGarbage = globalThis.gc ?? ((): void => undefined);
const [, , file = "", keep] = process.argv;
const stream = await streamBars(file);
const kept: BarSeries[] = [];
const live: number[] = [];
let bars = 0;
let chunks = 0;
for await (const chunk of stream.chunks()) {
  bars += chunk.length;
  chunks += 1;
  if (keep === "keep") kept.push(chunk);
  if (chunks % 2 !== 0) continue;
  // Buffers leave the count one turn after the collection that found them free.
  collectGarbage();
  await new Promise((resolve) => setImmediate(resolve));
  collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  live.push(heapUsed + arrayBuffers);
}
live.sort((a, b) => a - b);
const median = live[Math.floor(live.length / 2)] ?? 0;
process.stdout.write(`${JSON.stringify({ bars, kept: kept.length, live: median })}\n`);
