import { expect, it } from "vitest";
import { Meeting, expected, main } from "../../../examples/custom-environment.ts";

it("the tutorial's environment conforms and scores what the example says", () => {
  expect(main()).toEqual(expected);
});

it("the tutorial's environment refuses wrong calls with the documented codes", () => {
  const env = new Meeting();
  expect(() => env.step({})).toThrow(/ENV_ORDER/);
  env.reset({ seed: 1 });
  expect(() => env.step({ walker_0: 3, walker_1: 0 })).toThrow(/ENV_ACTION_ILLEGAL walker_0/);
});
