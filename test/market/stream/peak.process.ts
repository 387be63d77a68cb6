/** @file A process that streams one file and prints the most memory that was live: `peak.process.ts FILE` (needs --expose-gc). */
import { streamBars } from "../../../src/market/stream/stream-bars.adapter.ts";

const collectGarbage = globalThis.gc ?? ((): void => undefined);
const stream = await streamBars(process.argv[2] ?? "");
let bars = 0;
let peak = 0;
let chunks = 0;
for await (const chunk of stream.chunks()) {
  bars += chunk.length;
  chunks += 1;
  if (chunks % 2 !== 0) continue;
  // Buffers leave the count one turn after the collection that found them free.
  collectGarbage();
  await new Promise((resolve) => setImmediate(resolve));
  collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  peak = Math.max(peak, heapUsed + arrayBuffers);
}
process.stdout.write(`${JSON.stringify({ bars, peak })}\n`);
