/** @file The journal: equal bytes in two processes, a chain that any change breaks, and causes that exist. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { beforeAll, describe, expect, test } from "vitest";
import { sha256 } from "../../src/runtime/hash.adapter.ts";
import { chainedJournal } from "../../src/trading/journal.ts";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../../", import.meta.url));

/** The journal of a fresh process under a time zone. */
async function journalOf(zone: string): Promise<string> {
  const args = ["--import", "tsx", "test/trading/journal.process.ts"];
  const { stdout } = await run(process.execPath, args, {
    cwd: root,
    env: { ...process.env, TZ: zone },
    maxBuffer: 2 ** 28,
  });
  return stdout;
}

describe("the journal of a back-test", () => {
  let first = "";
  beforeAll(async () => {
    first = await journalOf("UTC");
  });

  test("has the same bytes in another process and another time zone", async () => {
    const second = await journalOf("Asia/Jerusalem");
    expect(first.length).toBeGreaterThan(1_000_000);
    expect(sha256(second)).toBe(sha256(first));
  });

  test("numbers its records, chains their hashes, and every fill has an order that caused it", () => {
    const lines = first.trim().split("\n").slice(0, -1);
    let chain = "";
    const orders = new Set<number>();
    let fills = 0;
    for (const [i, line] of lines.entries()) {
      const record = JSON.parse(line) as {
        seq: number;
        kind: string;
        cause: number;
        order: number;
        chain: string;
      };
      const body = `${line.slice(0, line.lastIndexOf(',"chain"'))}}`;
      chain = sha256(`${chain}${body}`);
      if (record.chain !== chain || record.seq !== i + 1) throw new Error(`record ${i + 1} breaks the chain`);
      if (record.kind === "order") orders.add(record.seq);
      if (record.kind !== "fill" || record.order === 0) continue;
      fills += 1;
      if (!orders.has(record.cause)) throw new Error(`fill ${record.seq} has no cause`);
    }
    expect(fills).toBeGreaterThan(500);
  });

  test("a changed record changes every hash after it", () => {
    const write = (value: number): string[] => {
      const lines: string[] = [];
      const journal = chainedJournal(sha256, (line) => lines.push(line));
      journal.append("bar", 0, 1, { close: value });
      journal.append("mark", 1, 2, { equity: 5 });
      return lines;
    };
    expect(write(100)).toEqual(write(100));
    expect(write(101)[1]).not.toBe(write(100)[1]);
  });
});
