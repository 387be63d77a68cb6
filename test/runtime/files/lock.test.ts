/** @file One process at a time: the second is refused by pid and host, the dead one's lock is taken over. */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { acquireLock } from "../../../src/runtime/files/lock.adapter.ts";
import { isGrandModelError } from "../../../src/runtime/errors.ts";
import { scratchFolder } from "../../scratch.ts";

function refusal(path: string): string {
  try {
    acquireLock(path, "this run").release();
    return "acquired";
  } catch (error) {
    return isGrandModelError(error) ? error.message : String(error);
  }
}

test("a held lock refuses the next one with process id and host, and is free after release", () => {
  const path = join(scratchFolder(), "lock.json");
  const lock = acquireLock(path, "this run");
  expect(refusal(path)).toMatch(new RegExp(`^RUN_LOCKED .*process ${process.pid} on ${hostname()}`));
  lock.release();
  expect(refusal(path)).toBe("acquired");
  expect(existsSync(path)).toBe(false);
});

test("a lock of a process that has ended is taken over", () => {
  const path = join(scratchFolder(), "lock.json");
  const ended = spawnSync(process.execPath, ["-e", ""]);
  writeFileSync(path, JSON.stringify({ pid: ended.pid, started: "12345", host: hostname(), since: "then" }));
  expect(refusal(path)).toBe("acquired");
});

test.runIf(existsSync("/proc/self/stat"))(
  "a later process with the same id is not mistaken for the holder",
  () => {
    const path = join(scratchFolder(), "lock.json");
    writeFileSync(path, JSON.stringify({ pid: process.pid, started: "1", host: hostname(), since: "then" }));
    expect(refusal(path)).toBe("acquired");
  },
);

test("a lock of another host is respected, because its processes cannot be seen from here", () => {
  const path = join(scratchFolder(), "lock.json");
  writeFileSync(path, JSON.stringify({ pid: 1, started: "1", host: "elsewhere", since: "then" }));
  expect(refusal(path)).toContain("process 1 on elsewhere");
});

test("releasing does not remove a lock that somebody else has taken over since", () => {
  const path = join(scratchFolder(), "lock.json");
  const lock = acquireLock(path, "this run");
  writeFileSync(path, "another's");
  lock.release();
  expect(readFileSync(path, "utf8")).toBe("another's");
});

test("a lease is taken over once it has not been renewed for so long, and no sooner", () => {
  const path = join(scratchFolder(), "lock.json");
  const foreign = (seconds: number): void => {
    const since = new Date(Date.now() - seconds * 1000).toISOString();
    writeFileSync(path, JSON.stringify({ pid: 1, started: "1", host: "elsewhere", since }));
  };
  foreign(50);
  expect(() => acquireLock(path, "this run", { leaseMs: 60_000 })).toThrow("process 1 on elsewhere");
  foreign(70);
  const lock = acquireLock(path, "this run", { leaseMs: 60_000 });
  const before = readFileSync(path, "utf8");
  lock.renew();
  expect(JSON.parse(readFileSync(path, "utf8"))).toMatchObject({ pid: process.pid });
  expect(
    Date.parse((JSON.parse(readFileSync(path, "utf8")) as { since: string }).since),
  ).toBeGreaterThanOrEqual(Date.parse((JSON.parse(before) as { since: string }).since));
  lock.release();
  expect(existsSync(path)).toBe(false);
});
