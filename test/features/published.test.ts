/**
 * @file Agreement with public tables: the worked examples that StockCharts ChartSchool publishes as spreadsheets beside
 * its definitions (https://chartschool.stockcharts.com, "Technical Indicators and Overlays": cs-rsi.xls, cs-atr.xls,
 * cs-bbands.xls). They have four to six decimals.
 */
import { describe, expect, it } from "vitest";
import { bollingerPosition, rsi } from "../../src/features/basic/oscillators.ts";
import { atr } from "../../src/features/basic/range.ts";
import { outputs, smallBars } from "./small-series.ts";

function largestError(actual: readonly number[], published: readonly number[]): number {
  expect(actual).toHaveLength(published.length);
  return Math.max(...actual.map((x, i) => Math.abs(x - published[i]!)));
}

describe("published reference values", () => {
  it("RSI(14), cs-rsi.xls", () => {
    // prettier-ignore
    const close = [
      44.3389, 44.0902, 44.1497, 43.6124, 44.3278, 44.8264, 45.0955, 45.4245, 45.8433, 46.0826, 45.8931,
      46.0328, 45.614, 46.282, 46.282, 46.0028, 46.0328, 46.4116, 46.2222, 45.6439, 46.2122, 46.2521,
      45.7137, 46.4515, 45.7835, 45.3548, 44.0288, 44.1783, 44.2181, 44.5672, 43.4205, 42.6628, 43.1314,
    ];
    const published = [
      70.5328, 66.3186, 66.5498, 69.4063, 66.3552, 57.9749, 62.9296, 63.2571, 56.0593, 62.3771, 54.7076,
      50.4228, 39.9898, 41.4605, 41.8689, 45.4632, 37.304, 33.0795, 37.773,
    ];
    expect(largestError(outputs(rsi(14), smallBars({ close })), published)).toBeLessThan(1e-3);
  });

  it("ATR(14), cs-atr.xls", () => {
    const high = [
      48.7, 48.72, 48.9, 48.87, 48.82, 49.05, 49.2, 49.35, 49.92, 50.19, 50.12, 49.66, 49.88, 50.19, 50.36,
      50.57, 50.65, 50.43, 49.63, 50.33, 50.29, 50.17, 49.32, 48.5, 48.3201, 46.8, 47.8, 48.39, 48.66, 48.79,
    ];
    const low = [
      47.79, 48.14, 48.39, 48.37, 48.24, 48.635, 48.94, 48.86, 49.5, 49.87, 49.2, 48.9, 49.43, 49.725, 49.26,
      50.09, 50.3, 49.21, 48.98, 49.61, 49.2, 49.43, 48.08, 47.64, 41.55, 44.2833, 47.31, 47.2, 47.9, 47.7301,
    ];
    const close = [
      48.16, 48.61, 48.75, 48.63, 48.74, 49.03, 49.07, 49.32, 49.91, 50.13, 49.53, 49.5, 49.75, 50.03, 50.31,
      50.52, 50.41, 49.34, 49.37, 50.23, 49.2375, 49.93, 48.43, 48.18, 46.57, 45.41, 47.77, 47.72, 48.62,
      47.85,
    ];
    const published = [
      0.555, 0.593929, 0.585791, 0.568949, 0.615452, 0.61792, 0.642354, 0.674329, 0.69277, 0.775429, 0.78147,
      1.209229, 1.30262, 1.38029, 1.366698, 1.336219, 1.316482,
    ];
    // The table takes H - L as the first true range, ours starts at the second bar: a bar before it, closing inside the
    // first bar's range, makes the two equal.
    const bars = smallBars({ high: [48.5, ...high], low: [48.5, ...low], close: [48.5, ...close] });
    expect(largestError(outputs(atr(14), bars), published)).toBeLessThan(1e-5);
  });

  it("Bollinger position, from the 20-day mean and population deviation of cs-bbands.xls", () => {
    const close = [
      86.1557, 89.0867, 88.7829, 90.3228, 89.0671, 91.1453, 89.4397, 89.175, 86.9302, 87.6752, 86.9596,
      89.4299, 89.3221, 88.7241, 87.4497, 87.2634, 89.4985, 87.9006, 89.126, 90.7043, 92.9001, 92.9784,
      91.8021, 92.6647, 92.6843, 92.3021, 92.7725, 92.5373, 92.949, 93.2039, 91.0669, 89.8318, 89.7435,
      90.3994, 90.7387, 88.0177, 88.0867, 88.8439, 90.7781, 90.5416, 91.3894, 90.65,
    ];
    const mean = [
      88.70794, 89.04516, 89.239745, 89.390705, 89.5078, 89.68866, 89.7465, 89.91314, 90.081255, 90.382195,
      90.65863, 90.863995, 90.88409, 90.90516, 90.988925, 91.153375, 91.19109, 91.1205, 91.167665, 91.25027,
      91.242135, 91.1666, 91.05018,
    ];
    const deviation = [
      1.291961, 1.452054, 1.686425, 1.771747, 1.902075, 2.019895, 2.076546, 2.176557, 2.241921, 2.202359,
      2.192185, 2.021805, 2.009411, 1.99508, 1.936044, 1.760127, 1.682751, 1.779126, 1.70406, 1.642001,
      1.645086, 1.601325, 1.549162,
    ];
    const published = mean.map((m, i) => (close[i + 19]! - m) / (2 * deviation[i]!));
    expect(largestError(outputs(bollingerPosition(20), smallBars({ close })), published)).toBeLessThan(1e-5);
  });
});
