/** @file Every error code of the room is provoked and has its page. */
import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { wma } from "../../src/features/basic/moving.ts";
import { schemaNamed } from "../../src/features/catalog.ts";
import { detectFvg } from "../../src/features/gaps/detect.ts";
import { Bar, readBar } from "../../src/features/indicator/bar.ts";
import { Indicator } from "../../src/features/indicator/indicator.ts";
import type { FeatureIssueCode } from "../../src/features/issues.ts";
import { tactical7 } from "../../src/features/matrix/tactical7.ts";
import { ultraFastTacticalFeatures } from "../../src/features/matrix/ultra-fast.ts";
import { smallBars } from "./small-series.ts";

const bars = smallBars({ close: [1, 2, 3] });

function backwards(): void {
  const indicator = new Indicator(wma(2));
  indicator.update(readBar(bars, 1, new Bar()));
  indicator.update(readBar(bars, 0, new Bar()));
}

const provoke: Readonly<Record<FeatureIssueCode, readonly (() => void)[]>> = {
  BAR_OUT_OF_ORDER: [backwards],
  FEATURE_PARAMETER: [
    () => void wma(0),
    () => void wma(1.5),
    () => void tactical7({ tick: 0 }),
    () => void tactical7({ tick: Number.NaN }),
    () => void detectFvg([1, 2, 3], [1, 2], [1, 2, 3]),
    () => void detectFvg([1, 2, 3], [1, 2, 3], [1, 2, 3], 2),
    () => void ultraFastTacticalFeatures([1], [1, 2], [1], [1]),
  ],
  FEATURE_STATE_FOREIGN: [
    () => new Indicator(wma(3)).restore(new Indicator(wma(2)).save()),
    () => new Indicator(wma(3)).restore({ name: "wma(3)", numbers: new Float64Array(1) }),
  ],
  FEATURE_UNKNOWN: [() => void schemaNamed("strategic-14", 0.25), () => void schemaNamed("toString", 0.25)],
  WINDOW_TOO_SHORT: [() => void ultraFastTacticalFeatures([1, 2], [1, 1], [1, 2], [1, 2])],
};

it("a state of the same indicator in another length is said to come from another version", () => {
  expect(() => new Indicator(wma(3)).restore({ name: "wma(3)", numbers: new Float64Array(1) })).toThrow(
    /another version of this program\. Replay the bars/,
  );
});

describe("error codes", () => {
  it.each(Object.entries(provoke))("%s is thrown and documented", (code, faults) => {
    for (const fault of faults) expect(fault).toThrow(new RegExp(`^${code}`));
    expect(existsSync(new URL(`../../docs/errors/${code}.md`, import.meta.url))).toBe(true);
  });
});
