import { describe, expect, it } from "vitest";
import { KernelEnv } from "../../../src/marl/adapters/kernel-env.ts";
import { AcrobotKernel, acrobot } from "../../../src/marl/environments/acrobot.kernel.ts";
import { CartPoleKernel, cartPole } from "../../../src/marl/environments/cart-pole.kernel.ts";

describe("CartPole-v1", () => {
  function at(state: readonly [number, number, number, number]): { env: KernelEnv; kernel: CartPoleKernel } {
    const env = new KernelEnv(cartPole);
    env.reset({ seed: 1 });
    const { kernel } = env.copies;
    if (!(kernel instanceof CartPoleKernel)) throw new TypeError("not a CartPole kernel");
    [kernel.x[0], kernel.xDot[0], kernel.theta[0], kernel.thetaDot[0]] = state;
    return { env, kernel };
  }

  it("reproduces Gymnasium's golden steps (1e-12)", () => {
    const { env, kernel } = at([0.01, 0.02, 0.03, 0.04]);
    const golden = [
      [1, 0.0104, 0.21467919574755523, 0.0308, -0.2430687179600081],
      [1, 0.014693583914951104, 0.4093479760579556, 0.025938625640799837, -0.5258796280501483],
      [0, 0.022880543436110214, 0.21387081260481594, 0.01542103307979687, -0.22513741609237464],
    ] as const;
    for (const [action, x, xDot, theta, thetaDot] of golden) {
      env.step({ cart_0: action });
      expect(Math.abs(kernel.x[0]! - x)).toBeLessThanOrEqual(1e-12);
      expect(Math.abs(kernel.xDot[0]! - xDot)).toBeLessThanOrEqual(1e-12);
      expect(Math.abs(kernel.theta[0]! - theta)).toBeLessThanOrEqual(1e-12);
      expect(Math.abs(kernel.thetaDot[0]! - thetaDot)).toBeLessThanOrEqual(1e-12);
    }
  });

  it("ends beyond 12 degrees or 2.4 m, rewarding the ending step", () => {
    const { env } = at([0, 0, (11.99 * Math.PI) / 180, 1]);
    const fallen = env.step({ cart_0: 1 });
    expect(fallen).toMatchObject({ rewards: { cart_0: 1 }, terminations: { cart_0: true } });
    expect(fallen).toMatchObject({ truncations: { cart_0: false } });
    expect(env.agents).toEqual([]);
    const inside = at([2.399, 0, 0, 0]).env.step({ cart_0: 1 });
    expect(inside.terminations["cart_0"]).toBe(false);
    const outside = at([2.399, 1, 0, 0]).env.step({ cart_0: 1 });
    expect(outside.terminations["cart_0"]).toBe(true);
  });

  it("truncates at 500 steps without terminating", () => {
    const { env, kernel } = at([0, 0, 0, 0]);
    for (let step = 1; step <= 500; step += 1) {
      // Push against the lean and hold the cart near the middle: keeps the pole up for ever.
      const push = 10 * kernel.theta[0]! + kernel.thetaDot[0]! + 0.1 * kernel.xDot[0]! + 0.05 * kernel.x[0]!;
      const result = env.step({ cart_0: push > 0 ? 1 : 0 });
      expect(result.terminations["cart_0"]).toBe(false);
      expect(result.truncations["cart_0"]).toBe(step === 500);
    }
    expect(env.agents).toEqual([]);
  });
});

describe("Acrobot-v1", () => {
  it("reproduces Gymnasium's golden steps (1e-12)", () => {
    const env = new KernelEnv(acrobot);
    env.reset({ seed: 1 });
    const { kernel } = env.copies;
    if (!(kernel instanceof AcrobotKernel)) throw new TypeError("not an Acrobot kernel");
    kernel.states.set([0.1, -0.2, 0.3, -0.4]);
    const golden = [
      [2, 0.1282116312891261, -0.211840321026976, -0.023484731535001357, 0.28679521459777013],
      [0, 0.11784404947450917, -0.15731524450506706, -0.07632067137914837, 0.24745843481895552],
      [1, 0.08636069337858428, -0.08309034842545675, -0.22976340908300208, 0.4771579394626573],
    ] as const;
    for (const [action, ...state] of golden) {
      const result = env.step({ acrobot_0: action });
      state.forEach((value, i) => expect(Math.abs(kernel.states[i]! - value)).toBeLessThanOrEqual(1e-12));
      expect(result.rewards["acrobot_0"]).toBe(-1);
    }
  });

  it("ends above the line with reward 0", () => {
    const env = new KernelEnv(acrobot);
    env.reset({ seed: 1 });
    const { kernel } = env.copies;
    if (!(kernel instanceof AcrobotKernel)) throw new TypeError("not an Acrobot kernel");
    kernel.states.set([Math.PI - 0.1, 0, 0, 0]);
    const result = env.step({ acrobot_0: 1 });
    expect(result).toMatchObject({ rewards: { acrobot_0: 0 }, terminations: { acrobot_0: true } });
  });
});
