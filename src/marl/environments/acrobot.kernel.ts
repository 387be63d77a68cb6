/**
 * @file Acrobot-v1: swing the free end of a two-link pendulum above a line, driving the joint between the links.
 * Source: Sutton 1996 and the "book" dynamics of Sutton and Barto, in the numbers of Gymnasium 1.x.
 *
 * One Runge-Kutta 4 step of .2 s per action with torque -1, 0 or +1 N m; angles wrapped to [-pi, pi], velocities
 * clipped to 4 pi and 9 pi rad/s, in float64; observes (cos t1, sin t1, cos t2, sin t2, w1, w2) as float32. Ends when
 * -cos t1 - cos(t1 + t2) > 1; reward -1 per step, 0 in the ending one; truncated at 500. Complexity O(copies), no
 * allocation.
 *
 * History: v1 first version here; the number follows Gymnasium's.
 */
import type { Generator } from "../../runtime/random/generator.ts";
import { box, discrete } from "../spaces/space.ts";
import type { BatchKernel, KernelArray, KernelBuffers, KernelDefinition } from "../vector/contract.ts";

const DT = 0.2;
const MASS = 1;
const LENGTH = 1;
const CENTRE = 0.5;
const INERTIA = 1;
const GRAVITY = 9.8;
const SPEED_1 = 4 * Math.PI;
const SPEED_2 = 9 * Math.PI;

/** State of all copies [B, 4]: angles t1, t2 and angular velocities w1, w2. */
export class AcrobotKernel implements BatchKernel {
  declare readonly memory: readonly KernelArray[];
  declare readonly states: Float64Array;
  declare private readonly actions: Int32Array;
  declare private readonly rewards: Float64Array;
  declare private readonly terminated: Uint8Array;
  declare private readonly generators: readonly Generator[];
  /** Derivatives of the four Runge-Kutta stages [4, 4], and the state at which a stage is evaluated [4]. */
  declare private readonly stages: Float64Array;
  declare private readonly probe: Float64Array;

  constructor(buffers: KernelBuffers) {
    const group = buffers.groups[0]!;
    this.states = new Float64Array(4 * buffers.copies);
    this.memory = [this.states];
    this.actions = group.discrete;
    this.rewards = group.rewards;
    this.terminated = group.terminated;
    this.generators = buffers.generators;
    this.stages = new Float64Array(16);
    this.probe = new Float64Array(4);
  }

  reset(b: number): void {
    const generator = this.generators[b]!;
    for (let i = 4 * b; i < 4 * b + 4; i += 1) this.states[i] = generator.uniform(-0.1, 0.1);
  }

  step(from: number, to: number): void {
    const { states, actions, rewards, terminated } = this;
    for (let b = from; b < to; b += 1) {
      const at = 4 * b;
      this.integrate(at, actions[b]! - 1);
      const t1 = wrap(states[at]!);
      const t2 = wrap(states[at + 1]!);
      states[at] = t1;
      states[at + 1] = t2;
      states[at + 2] = Math.min(SPEED_1, Math.max(-SPEED_1, states[at + 2]!));
      states[at + 3] = Math.min(SPEED_2, Math.max(-SPEED_2, states[at + 3]!));
      const done = -Math.cos(t1) - Math.cos(t2 + t1) > 1;
      terminated[b] = done ? 1 : 0;
      rewards[b] = done ? 0 : -1;
    }
  }

  observe(_group: number, from: number, to: number, out: Float32Array, offset: number): void {
    const { states } = this;
    for (let b = from; b < to; b += 1) {
      const at = offset + 6 * (b - from);
      out[at] = Math.cos(states[4 * b]!);
      out[at + 1] = Math.sin(states[4 * b]!);
      out[at + 2] = Math.cos(states[4 * b + 1]!);
      out[at + 3] = Math.sin(states[4 * b + 1]!);
      out[at + 4] = states[4 * b + 2]!;
      out[at + 5] = states[4 * b + 3]!;
    }
  }

  /** One classical Runge-Kutta step of the state at `at` under a constant torque. */
  private integrate(at: number, torque: number): void {
    const { states, stages, probe } = this;
    for (let stage = 0; stage < 4; stage += 1) {
      const reach = stage === 0 ? 0 : stage === 3 ? DT : DT / 2;
      for (let i = 0; i < 4; i += 1) {
        probe[i] = stage === 0 ? states[at + i]! : states[at + i]! + reach * stages[4 * (stage - 1) + i]!;
      }
      this.derive(torque, 4 * stage);
    }
    for (let i = 0; i < 4; i += 1) {
      const slope = stages[i]! + 2 * stages[4 + i]! + 2 * stages[8 + i]! + stages[12 + i]!;
      states[at + i] = states[at + i]! + (DT / 6) * slope;
    }
  }

  /** Time derivative of `probe` into `stages[to ...]`: the equations of motion of Sutton and Barto, section 11.3. */
  private derive(torque: number, to: number): void {
    const { probe, stages } = this;
    const t1 = probe[0]!;
    const t2 = probe[1]!;
    const w1 = probe[2]!;
    const w2 = probe[3]!;
    const cos2 = Math.cos(t2);
    const sin2 = Math.sin(t2);
    const d1 =
      MASS * (CENTRE * CENTRE) +
      MASS * (LENGTH * LENGTH + CENTRE * CENTRE + 2 * LENGTH * CENTRE * cos2) +
      INERTIA +
      INERTIA;
    const d2 = MASS * (CENTRE * CENTRE + LENGTH * CENTRE * cos2) + INERTIA;
    const phi2 = MASS * CENTRE * GRAVITY * Math.cos(t1 + t2 - Math.PI / 2);
    const phi1 =
      -MASS * LENGTH * CENTRE * (w2 * w2) * sin2 -
      2 * MASS * LENGTH * CENTRE * w2 * w1 * sin2 +
      (MASS * CENTRE + MASS * LENGTH) * GRAVITY * Math.cos(t1 - Math.PI / 2) +
      phi2;
    const a2 =
      (torque + (d2 / d1) * phi1 - MASS * LENGTH * CENTRE * (w1 * w1) * sin2 - phi2) /
      (MASS * (CENTRE * CENTRE) + INERTIA - (d2 * d2) / d1);
    stages[to] = w1;
    stages[to + 1] = w2;
    stages[to + 2] = -(d2 * a2 + phi1) / d1;
    stages[to + 3] = a2;
  }
}

/** An angle in [-pi, pi] by whole turns. */
function wrap(angle: number): number {
  let x = angle;
  while (x > Math.PI) x -= 2 * Math.PI;
  while (x < -Math.PI) x += 2 * Math.PI;
  return x;
}

const bounds = [1, 1, 1, 1, SPEED_1, SPEED_2];

/** `Acrobot-v1`. */
export const acrobot: KernelDefinition = {
  kind: "kernel",
  spec: {
    name: "Acrobot-v1",
    groups: [
      {
        name: "acrobot",
        agents: ["acrobot_0"],
        observationSpace: box({ low: bounds.map((bound) => -bound), high: bounds }),
        actionSpace: discrete(3),
        every: 1,
      },
    ],
    maxCycles: 500,
    membership: "fixed",
    illegalActions: "throw",
  },
  create: (buffers) => new AcrobotKernel(buffers),
};
