/**
 * @file CartPole-v1: balance a pole on a cart. Source: Barto, Sutton, Anderson 1983, in the numbers of Gymnasium 1.x.
 *
 * Explicit Euler with the OLD velocities (positions first), dt .02 s, in float64; observations are the float32 cast.
 * Ends at |x| > 2.4 m or |theta| > 12 degrees; reward 1 in each step, the last one included; truncated at 500.
 * Units: m, s, radians, N. NaN never arises from finite states. Complexity O(copies), no allocation.
 *
 * History: v1 first version here; the number follows Gymnasium's.
 */
import type { Generator } from "../../runtime/random/generator.ts";
import { box, discrete } from "../spaces/space.ts";
import type { BatchKernel, KernelArray, KernelBuffers, KernelDefinition } from "../vector/contract.ts";

const GRAVITY = 9.8;
const POLE_MASS = 0.1;
const TOTAL_MASS = 1.1;
const HALF_LENGTH = 0.5;
const POLE_MOMENT = POLE_MASS * HALF_LENGTH;
const FORCE = 10;
const TAU = 0.02;
const X_LIMIT = 2.4;
const THETA_LIMIT = (12 * 2 * Math.PI) / 360;

/** State of all copies: `x`, `xDot`, `theta`, `thetaDot`, each [B]. */
export class CartPoleKernel implements BatchKernel {
  declare readonly memory: readonly KernelArray[];
  declare readonly x: Float64Array;
  declare readonly xDot: Float64Array;
  declare readonly theta: Float64Array;
  declare readonly thetaDot: Float64Array;
  declare private readonly actions: Int32Array;
  declare private readonly rewards: Float64Array;
  declare private readonly terminated: Uint8Array;
  declare private readonly generators: readonly Generator[];

  constructor(buffers: KernelBuffers) {
    const { copies } = buffers;
    const group = buffers.groups[0]!;
    this.x = new Float64Array(copies);
    this.xDot = new Float64Array(copies);
    this.theta = new Float64Array(copies);
    this.thetaDot = new Float64Array(copies);
    this.memory = [this.x, this.xDot, this.theta, this.thetaDot];
    this.actions = group.discrete;
    this.rewards = group.rewards;
    this.terminated = group.terminated;
    this.generators = buffers.generators;
  }

  reset(b: number): void {
    const generator = this.generators[b]!;
    this.x[b] = generator.uniform(-0.05, 0.05);
    this.xDot[b] = generator.uniform(-0.05, 0.05);
    this.theta[b] = generator.uniform(-0.05, 0.05);
    this.thetaDot[b] = generator.uniform(-0.05, 0.05);
  }

  step(from: number, to: number): void {
    const { x, xDot, theta, thetaDot, actions, rewards, terminated } = this;
    for (let b = from; b < to; b += 1) {
      const force = actions[b] === 1 ? FORCE : -FORCE;
      const angle = theta[b]!;
      const spin = thetaDot[b]!;
      const speed = xDot[b]!;
      const cos = Math.cos(angle);
      const sin = Math.sin(angle);
      const push = (force + POLE_MOMENT * (spin * spin) * sin) / TOTAL_MASS;
      const spinRate =
        (GRAVITY * sin - cos * push) / (HALF_LENGTH * (4 / 3 - (POLE_MASS * (cos * cos)) / TOTAL_MASS));
      const speedRate = push - (POLE_MOMENT * spinRate * cos) / TOTAL_MASS;
      const nextX = x[b]! + TAU * speed;
      const nextTheta = angle + TAU * spin;
      x[b] = nextX;
      xDot[b] = speed + TAU * speedRate;
      theta[b] = nextTheta;
      thetaDot[b] = spin + TAU * spinRate;
      rewards[b] = 1;
      const fell = nextX < -X_LIMIT || nextX > X_LIMIT || nextTheta < -THETA_LIMIT || nextTheta > THETA_LIMIT;
      terminated[b] = fell ? 1 : 0;
    }
  }

  observe(_group: number, from: number, to: number, out: Float32Array, offset: number): void {
    const { x, xDot, theta, thetaDot } = this;
    let at = offset;
    for (let b = from; b < to; b += 1) {
      out[at] = x[b]!;
      out[at + 1] = xDot[b]!;
      out[at + 2] = theta[b]!;
      out[at + 3] = thetaDot[b]!;
      at += 4;
    }
  }
}

const bounds = [2 * X_LIMIT, Infinity, 2 * THETA_LIMIT, Infinity];

/** `CartPole-v1`. */
export const cartPole: KernelDefinition = {
  kind: "kernel",
  spec: {
    name: "CartPole-v1",
    groups: [
      {
        name: "cart",
        agents: ["cart_0"],
        observationSpace: box({ low: bounds.map((bound) => -bound), high: bounds }),
        actionSpace: discrete(2),
        every: 1,
      },
    ],
    maxCycles: 500,
    membership: "fixed",
    illegalActions: "throw",
  },
  create: (buffers) => new CartPoleKernel(buffers),
};
