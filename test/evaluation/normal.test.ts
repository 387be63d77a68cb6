/** @file Phi and its inverse against high-precision table values (Abramowitz and Stegun 26.1; mpmath, 30 digits). */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { normalCdf, normalQuantile } from "../../src/evaluation/inference/normal.ts";

// mpmath: mp.dps = 30; ncdf(z)
const table: readonly (readonly [number, number])[] = [
  [-8, 6.22096057427178412351599517259e-16],
  [-6, 9.86587645037698140700864132398e-10],
  [-5, 2.86651571879193911673752333e-7],
  [-3, 1.34989803163009452665181477e-3],
  [-1, 0.158655253931457051414767454368],
  [-0.5, 0.308537538725986896359229969145],
  [0, 0.5],
  [0.25, 0.598706325682923701544147549469],
  [1.959963984540054, 0.975],
  [2, 0.977249868051820792799717362833],
  [4, 0.999968328758166880078746229243],
];

describe("standard normal", () => {
  it.each(table)("Phi(%d)", (z, expected) => {
    const got = normalCdf(z);
    expect(Math.abs(got - expected)).toBeLessThanOrEqual(1e-15);
    if (z < 0) expect(Math.abs(got / expected - 1)).toBeLessThanOrEqual(1e-12);
  });

  it("the quantile inverts Phi over |z| <= 8 in the lower tail, relative 1e-12", () => {
    fc.assert(
      fc.property(fc.double({ min: -8, max: 0, noNaN: true }), (z) => {
        const p = normalCdf(z);
        expect(Math.abs(normalCdf(normalQuantile(p)) / p - 1)).toBeLessThanOrEqual(1e-12);
      }),
    );
  });

  it("is antisymmetric, and has its limits", () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 5, noNaN: true }), (z) => {
        expect(Math.abs(normalCdf(z) + normalCdf(-z) - 1)).toBeLessThanOrEqual(1e-15);
      }),
    );
    expect([normalQuantile(0), normalQuantile(1), normalQuantile(0.5)]).toEqual([-Infinity, Infinity, 0]);
    expect(normalQuantile(1.1)).toBeNaN();
  });
});
