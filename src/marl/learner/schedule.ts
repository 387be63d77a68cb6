/**
 * @file Schedules of learning rate, clip range and entropy weight over the updates of a run.
 * Invariant: a schedule is a pure function of (update, total), so its position needs no state of its own.
 */
import { z } from "zod";

/** `constant`, or a straight line from `from` at update 0 towards `to`, which update `total` would have. */
export const scheduleSchema: z.ZodType<Schedule, number | Schedule> = z.union([
  z.number().transform((value): Schedule => ({ kind: "constant", value })),
  z.discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("constant"), value: z.number() }).readonly(),
    z.strictObject({ kind: z.literal("linear"), from: z.number(), to: z.number() }).readonly(),
  ]),
]);

export type Schedule =
  | { readonly kind: "constant"; readonly value: number }
  | { readonly kind: "linear"; readonly from: number; readonly to: number };

/** The value in force during update `update` (from 0) of `total`: CleanRL's `1 - (update - 1) / total` line. */
export function scheduledValue(schedule: Schedule, update: number, total: number): number {
  switch (schedule.kind) {
    case "constant":
      return schedule.value;
    case "linear":
      return schedule.from + (schedule.to - schedule.from) * (update / total);
    default:
      return schedule satisfies never;
  }
}

/** A line to zero, the `ppo` preset's learning rate. */
export function linearToZero(from: number): Schedule {
  return { kind: "linear", from, to: 0 };
}
