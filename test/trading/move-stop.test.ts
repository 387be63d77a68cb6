/** @file A protective stop may be moved nearer to the market and is in force from the next bar; it is never widened. */
import { expect, test } from "vitest";
import { fillList, nq, ready, runScript, series } from "./support.ts";

test("moves nearer, never away, and nothing but a working stop moves", () => {
  const bars = ready(
    series("NQ", [
      [100, 101, 99, 100],
      [100, 104, 99, 104],
      [104, 110, 104, 110],
      [110, 110, 104, 105],
    ]),
    nq,
  );
  const moved: boolean[] = [];
  const engine = runScript(bars, (bar, desk) => {
    if (bar === 0) desk.submit({ side: 1, size: 1, bracket: { stop: 95, target: 130 } });
    if (bar !== 2) return;
    const stop = desk.orders().find((order) => order.draft.role === "stop")!;
    const target = desk.orders().find((order) => order.draft.role === "target")!;
    moved.push(desk.moveStop(stop, 90 / 0.25));
    moved.push(desk.moveStop(target, 120 / 0.25));
    moved.push(desk.moveStop(stop, 106 / 0.25));
    moved.push(desk.moveStop(stop, 106 / 0.25));
  });
  expect(moved).toEqual([false, false, true, false]);
  expect(fillList(engine)).toEqual([
    [1, 1, 100],
    [3, -1, 106],
  ]);
});
