/** @file Each type of synergy comes from its order and from no other; conflicts, spans, cooldowns and ties. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Memory } from "../../src/features/indicator/memory.ts";
import { eventKind, SynergyDetector, synergyDefaults } from "../../src/features/synergy/detector.ts";

type Kind = keyof typeof eventKind;
type Offer = readonly [kind: Kind, direction: 1 | -1, strength: number];

/** Closes one bar per entry and returns the detector with the types completed on the way. */
function play(bars: readonly (readonly Offer[])[]): { detector: SynergyDetector; types: number[] } {
  const detector = new SynergyDetector(new Memory(), synergyDefaults);
  const types: number[] = [];
  for (const offers of bars) {
    for (const [kind, direction, strength] of offers) detector.offer(eventKind[kind], direction, strength);
    detector.close();
    if (detector.type > 0) types.push(detector.type);
  }
  return { detector, types };
}
const up = (kind: Kind, strength = 1): readonly Offer[] => [[kind, 1, strength]];
const none: readonly Offer[] = [];

describe("synergy types", () => {
  it.each([
    [["mlmi", "nwrqk", "fvg"], 1],
    [["mlmi", "fvg", "nwrqk"], 2],
    [["nwrqk", "fvg", "mlmi"], 3],
    [["nwrqk", "mlmi", "fvg"], 4],
  ] as const)("%j is TYPE_%d, in both directions", (order, type) => {
    expect(play(order.map((kind) => up(kind))).types).toEqual([type]);
    const down = play(order.map((kind) => [[kind, -1, 1]] as const));
    expect([down.types, down.detector.direction]).toEqual([[type], -1]);
  });

  it.each([["fvg", "mlmi", "nwrqk"] as const, ["fvg", "nwrqk", "mlmi"] as const])(
    "%j is none",
    (...order) => {
      const { types, detector } = play(order.map((kind) => up(kind)));
      expect([types, detector.untypedCount, detector.lastType]).toEqual([[], 1, 0]);
    },
  );

  it("confidence is the geometric mean of capped strengths, less half of the used span", () => {
    const { detector } = play([up("nwrqk", 0.5), none, none, up("mlmi", 0.8), up("fvg", 7)]);
    expect(detector.confidence).toBeCloseTo(Math.cbrt(0.5 * 0.8 * 1) * (1 - (0.5 * 4) / 10), 14);
  });
});

describe("what ends or restarts a sequence", () => {
  it("an opposite event restarts it with itself; a repeated kind is ignored", () => {
    expect(play([up("mlmi"), [["nwrqk", -1, 1]], up("fvg"), up("nwrqk")]).types).toEqual([]);
    expect(play([up("mlmi"), up("mlmi"), up("nwrqk"), up("nwrqk"), up("fvg")]).types).toEqual([1]);
  });

  it("the span counts closed bars: the third event may come at most 10 bars after the first", () => {
    const waiting = (bars: number): readonly (readonly Offer[])[] => [
      up("nwrqk"),
      up("mlmi"),
      ...Array.from({ length: bars - 2 }, () => none),
      up("fvg"),
    ];
    expect(play(waiting(10)).types).toEqual([4]);
    expect(play(waiting(11)).types).toEqual([]);
  });

  it("events during the 5 bars of cooldown are ignored, the next bar counts again", () => {
    const first = [up("nwrqk"), up("mlmi"), up("fvg")];
    const again = (pause: number): number[] =>
      play([...first, ...Array.from({ length: pause }, () => none), up("nwrqk"), up("mlmi"), up("fvg")])
        .types;
    expect(again(5)).toEqual([4, 4]);
    expect(again(4)).toEqual([4]);
  });

  it("equal close times: the stronger first, then NW-RQK, MLMI, FVG, and the output says so", () => {
    const together = (strengths: readonly [number, number, number]): ReturnType<typeof play> =>
      play([
        [
          ["fvg", 1, strengths[2]],
          ["mlmi", 1, strengths[1]],
          ["nwrqk", 1, strengths[0]],
        ],
      ]);
    expect(together([0.5, 0.5, 0.5]).types).toEqual([4]);
    expect(together([0.5, 0.9, 0.7]).types).toEqual([2]);
    expect(together([0.5, 0.9, 0.7]).detector.tie).toBe(true);
    expect(play([up("nwrqk"), up("mlmi"), up("fvg")]).detector.tie).toBe(false);
  });
});

it("equals a detector that keeps the list of events, on random streams", () => {
  let completed = 0;
  const offer = fc.tuple(
    fc.constantFrom<Kind>("nwrqk", "mlmi", "fvg"),
    fc.constantFrom<1 | -1>(1, 1, 1, -1),
    fc.integer({ min: 1, max: 100 }).map((n) => n / 100),
  );
  fc.assert(
    fc.property(
      fc.array(fc.option(offer, { nil: undefined }), { minLength: 20, maxLength: 120 }),
      (stream) => {
        const slow: number[] = [];
        let sequence: { kind: Kind; direction: number; at: number }[] = [];
        let quietUntil = -1;
        stream.forEach((event, at) => {
          if (sequence[0] && at - sequence[0].at > 10) sequence = [];
          if (!event || at <= quietUntil) return;
          const [kind, direction] = event;
          if (sequence.some((one) => one.direction !== direction)) sequence = [];
          if (!sequence.some((one) => one.kind === kind)) sequence.push({ kind, direction, at });
          if (sequence.length < 3) return;
          const type = ["mlmi nwrqk fvg", "mlmi fvg nwrqk", "nwrqk fvg mlmi", "nwrqk mlmi fvg"].indexOf(
            sequence.map((one) => one.kind).join(" "),
          );
          if (type >= 0) slow.push(type + 1);
          sequence = [];
          quietUntil = at + 5;
        });
        const { types } = play(stream.map((event) => (event ? [event] : [])));
        expect(types).toEqual(slow);
        completed += types.length;
      },
    ),
  );
  expect(completed).toBeGreaterThan(100);
});
