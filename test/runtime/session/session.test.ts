/** @file A session saves every 30 minutes and every 20 updates, and ends on a signal, before its budget, at its memory. */
import { describe, expect, test } from "vitest";
import { manualClock } from "../../../src/runtime/clock.ts";
import {
  type Session,
  exitCodeOfStop,
  hostedLimits,
  limitsFor,
  startSession,
  stopText,
} from "../../../src/runtime/session/session.ts";

const minute = 60_000;

function open(limits = hostedLimits, update = 0) {
  const clock = manualClock();
  const senses = { signal: undefined as "SIGINT" | "SIGTERM" | undefined, gib: 1 };
  const session: Session = startSession(
    limits,
    { clock, requested: () => senses.signal, memoryGiB: () => senses.gib },
    update,
  );
  return { clock, senses, session };
}

describe("a checkpoint is due", () => {
  test("after 20 updates, counted from the last one", () => {
    const { session } = open(hostedLimits, 100);
    expect([session.isCheckpointDue(119), session.isCheckpointDue(120)]).toStrictEqual([false, true]);
    session.noteCheckpoint(120);
    expect([session.isCheckpointDue(139), session.isCheckpointDue(140)]).toStrictEqual([false, true]);
  });

  test("after 30 minutes, whatever the updates", () => {
    const { clock, session } = open();
    clock.advance(30 * minute - 1);
    expect(session.isCheckpointDue(1)).toBe(false);
    clock.advance(1);
    expect(session.isCheckpointDue(1)).toBe(true);
    session.noteCheckpoint(1);
    expect(session.isCheckpointDue(2)).toBe(false);
  });
});

describe("a session ends", () => {
  test("ten minutes before twelve hours are over, and stays ended", () => {
    const { clock, senses, session } = open();
    clock.advance(12 * 60 * minute - 10 * minute - 1);
    expect(session.stopReason()).toBeUndefined();
    clock.advance(1);
    expect(session.stopReason()).toMatchObject({ kind: "budget" });
    senses.signal = "SIGINT";
    expect(exitCodeOfStop(session.stopReason())).toBe(0);
  });

  test("on SIGTERM with exit code 0, on Ctrl-C with 130", () => {
    const { senses, session } = open();
    expect(session.stopReason()).toBeUndefined();
    senses.signal = "SIGTERM";
    expect(exitCodeOfStop(session.stopReason())).toBe(0);
    const other = open();
    other.senses.signal = "SIGINT";
    expect(exitCodeOfStop(other.session.stopReason())).toBe(130);
  });

  test("above its memory limit, saying how much", () => {
    const { senses, session } = open();
    senses.gib = 25.6;
    const reason = session.stopReason();
    expect(reason === undefined ? "" : stopText(reason)).toBe("25.6 GiB of memory in use, limit 25.5 GiB");
  });
});

test("a short budget keeps a tenth for the end; none never ends", () => {
  expect(limitsFor(5 * minute).stopBeforeEndMs).toBe(0.5 * minute);
  expect(limitsFor(12 * 60 * minute)).toStrictEqual(hostedLimits);
  const { clock, session } = open(limitsFor(undefined));
  clock.advance(1e9 * minute);
  expect(session.stopReason()).toBeUndefined();
});
