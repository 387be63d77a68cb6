/** @file Large CSV files for tests and benches: one-minute bars on the session clock, written without holding them. */
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sessionCalendar } from "../../../src/market/session.ts";
import { Generator } from "../../../src/runtime/random/generator.ts";
import { keyFromSeed } from "../../../src/runtime/random/key.ts";

/** A folder that is removed when the test ends: `using folder = temporaryFolder()`. */
export function temporaryFolder(): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), "grandmodel-market-"));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

/** Writes `rows` one-minute NQ bars with ISO stamps in UTC; about 57 bytes a row. */
export function writeMinuteCsv(path: string, rows: number, seed = 1): void {
  const random = Generator.fromKey(keyFromSeed(seed));
  const calendar = sessionCalendar("cme-equity");
  const file = openSync(path, "w");
  let session = calendar.nextSession(1995_01_02);
  let t = session.openMs;
  let ticks = 60_000;
  let lines = ["time,open,high,low,close,volume"];
  for (let row = 0; row < rows; row++) {
    if (t >= session.closeMs) {
      session = calendar.nextSession(session.tradeDate);
      t = session.openMs;
    }
    const close = ticks + random.below(9) - 4;
    const high = Math.max(ticks, close) + random.below(4);
    const low = Math.min(ticks, close) - random.below(4);
    lines.push(`${iso(t)},${price(ticks)},${price(high)},${price(low)},${price(close)},${random.below(900)}`);
    ticks = close;
    t += 60_000;
    if (lines.length === 5000) {
      writeSync(file, `${lines.join("\n")}\n`);
      lines = [];
    }
  }
  writeSync(file, `${lines.join("\n")}${lines.length === 0 ? "" : "\n"}`);
  closeSync(file);
}

const price = (ticks: number): string => (ticks / 4).toFixed(2);
const iso = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;
