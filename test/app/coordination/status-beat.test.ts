/** @file The status is written every half hour of work, and a status that cannot be written ends no training. */
import { expect, test } from "vitest";
import { beatMs, statusBeat } from "../../../src/app/coordination/status-beat.ts";
import { manualClock } from "../../../src/runtime/clock.ts";
import { GrandModelError } from "../../../src/runtime/errors.ts";

test("is written once in each half hour of work", async () => {
  const clock = manualClock();
  let written = 0;
  const beat = statusBeat(
    clock,
    async () => void (written += 1),
    () => {},
  );
  const seen: number[] = [];
  for (let minute = 0; minute < 95; minute += 1) {
    await beat();
    seen.push(written);
    clock.advance(60_000);
  }
  expect(beatMs).toBe(1_800_000);
  expect([seen[29], seen[30], seen[59], seen[60], seen[94]]).toEqual([0, 1, 1, 2, 3]);
});

test("that another process holds is told and passed over; a fault of the program is not", async () => {
  const clock = manualClock();
  const told: string[] = [];
  const locked = statusBeat(
    clock,
    () =>
      Promise.reject(
        new GrandModelError(
          { code: "RUN_LOCKED", expected: "a free file", hint: "Wait." },
          { class: "usage" },
        ),
      ),
    (code) => told.push(code),
  );
  const broken = statusBeat(
    clock,
    () => Promise.reject(new Error("broken")),
    () => {},
  );
  clock.advance(beatMs);
  await locked();
  expect(told).toEqual(["RUN_LOCKED"]);
  await expect(broken()).rejects.toThrow("broken");
});
