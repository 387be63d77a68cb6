/**
 * @file simple-spread: three agents cover three landmarks without touching. Source: Lowe et al. 2017 (MPE).
 *
 * Variant C has the physics of MPE2 `simple_spread_v3` (JaxMARL equal): positions move with the OLD velocity, reward to
 * agent i is -.5 D - .5 (its collisions with others). Variant B has the physics of marlbenchmark/on-policy (Yu et al.
 * 2022): velocity first, landmarks in .8 of the square, one reward for all, self-collisions counted, opposite action
 * signs. D = sum over landmarks of the distance to the nearest agent, after the move.
 *
 * World: dt .1, damping .25, radius .15, mass 1, force 5 per unit of action; contact force on a pair
 * 100 (delta / d) k ln(1 + exp(-(d - .3) / k)), k = 1e-3, equal and opposite, none at d = 0. Float64 throughout;
 * observations are the float32 cast. Complexity O(copies), no allocation.
 *
 * History: v0 first version, all variants.
 */
import type { Generator } from "../../runtime/random/generator.ts";
import { box, discrete } from "../spaces/space.ts";
import type { BatchKernel, KernelArray, KernelBuffers, KernelDefinition } from "../vector/contract.ts";

/** Agents and landmarks. */
const N = 3;
/** Coordinates of one copy: N points in the plane. */
const POINTS = 2 * N;
const FEATURES = 18;
const DT = 0.1;
const KEPT = 0.75;
const CONTACT_DISTANCE = 0.3;
const CONTACT_FORCE = 100;
const MARGIN = 1e-3;
const SENSITIVITY = 5;
/** exp(z) is 0 below. */
const EXP_UNDERFLOW = -746;

/** Physics and rewards of a published variant. */
interface Variant {
  readonly velocityFirst: boolean;
  /** Landmarks are drawn from `landmarkScale` U(-1, 1)^2. */
  readonly landmarkScale: number;
  /** All agents get the sum of all rewards, self-collisions counted. */
  readonly shared: boolean;
  /** Sign of discrete action 1 along x: C moves to -x, B to +x. */
  readonly firstSign: 1 | -1;
  readonly continuous: boolean;
}

/** State of all copies: `positions`, `velocities` and `landmarks`, each [B, 3, 2]. */
export class SimpleSpreadKernel implements BatchKernel {
  declare readonly memory: readonly KernelArray[];
  declare readonly positions: Float64Array;
  declare readonly velocities: Float64Array;
  declare readonly landmarks: Float64Array;
  declare private readonly variant: Variant;
  declare private readonly forces: Float64Array;
  declare private readonly choices: Int32Array;
  declare private readonly thrusts: Float32Array;
  declare private readonly rewards: Float64Array;
  declare private readonly generators: readonly Generator[];

  constructor(buffers: KernelBuffers, variant: Variant) {
    const { copies } = buffers;
    const group = buffers.groups[0]!;
    this.positions = new Float64Array(copies * POINTS);
    this.velocities = new Float64Array(copies * POINTS);
    this.landmarks = new Float64Array(copies * POINTS);
    this.memory = [this.positions, this.velocities, this.landmarks];
    this.variant = variant;
    this.forces = new Float64Array(POINTS);
    this.choices = group.discrete;
    this.thrusts = group.continuous;
    this.rewards = group.rewards;
    this.generators = buffers.generators;
  }

  reset(b: number): void {
    const generator = this.generators[b]!;
    const { positions, velocities, landmarks } = this;
    const scale = this.variant.landmarkScale;
    for (let i = b * POINTS; i < (b + 1) * POINTS; i += 1) {
      positions[i] = generator.uniform(-1, 1);
      velocities[i] = 0;
    }
    for (let i = b * POINTS; i < (b + 1) * POINTS; i += 1) landmarks[i] = scale * generator.uniform(-1, 1);
  }

  step(from: number, to: number): void {
    for (let b = from; b < to; b += 1) {
      if (this.variant.continuous) this.pushByThrust(b);
      else this.pushByChoice(b);
      this.pushApart(b);
      this.integrate(b);
      this.reward(b);
    }
  }

  observe(_group: number, from: number, to: number, out: Float32Array, offset: number): void {
    const { positions, velocities, landmarks } = this;
    let at = offset;
    for (let b = from; b < to; b += 1) {
      const base = b * POINTS;
      for (let a = base; a < base + POINTS; a += 2) {
        const x = positions[a]!;
        const y = positions[a + 1]!;
        out[at] = velocities[a]!;
        out[at + 1] = velocities[a + 1]!;
        out[at + 2] = x;
        out[at + 3] = y;
        let next = at + 4;
        for (let l = base; l < base + POINTS; l += 2) {
          out[next] = landmarks[l]! - x;
          out[next + 1] = landmarks[l + 1]! - y;
          next += 2;
        }
        for (let other = base; other < base + POINTS; other += 2) {
          if (other === a) continue;
          out[next] = positions[other]! - x;
          out[next + 1] = positions[other + 1]! - y;
          next += 2;
        }
        // The four communication entries, always zero in this task.
        out[next] = 0;
        out[next + 1] = 0;
        out[next + 2] = 0;
        out[next + 3] = 0;
        at += FEATURES;
      }
    }
  }

  private pushByChoice(b: number): void {
    const { forces, choices } = this;
    const sign = this.variant.firstSign;
    for (let a = 0; a < N; a += 1) {
      const choice = choices[b * N + a]!;
      forces[2 * a] = choice === 1 ? sign * SENSITIVITY : choice === 2 ? -sign * SENSITIVITY : 0;
      forces[2 * a + 1] = choice === 3 ? sign * SENSITIVITY : choice === 4 ? -sign * SENSITIVITY : 0;
    }
  }

  private pushByThrust(b: number): void {
    const { forces, thrusts } = this;
    for (let a = 0; a < N; a += 1) {
      const at = (b * N + a) * 5;
      forces[2 * a] = SENSITIVITY * (thrusts[at + 2]! - thrusts[at + 1]!);
      forces[2 * a + 1] = SENSITIVITY * (thrusts[at + 4]! - thrusts[at + 3]!);
    }
  }

  private pushApart(b: number): void {
    const { forces, positions } = this;
    const base = b * POINTS;
    for (let i = 0; i < POINTS; i += 2) {
      for (let j = i + 2; j < POINTS; j += 2) {
        const dx = positions[base + i]! - positions[base + j]!;
        const dy = positions[base + i + 1]! - positions[base + j + 1]!;
        const distance = Math.sqrt(dx * dx + dy * dy);
        const z = -(distance - CONTACT_DISTANCE) / MARGIN;
        if (distance === 0 || z < EXP_UNDERFLOW) continue;
        const penetration = softplus(z) * MARGIN;
        const fx = ((CONTACT_FORCE * dx) / distance) * penetration;
        const fy = ((CONTACT_FORCE * dy) / distance) * penetration;
        forces[i] = fx + forces[i]!;
        forces[i + 1] = fy + forces[i + 1]!;
        forces[j] = forces[j]! - fx;
        forces[j + 1] = forces[j + 1]! - fy;
      }
    }
  }

  private integrate(b: number): void {
    const { forces, positions, velocities } = this;
    const base = b * POINTS;
    const velocityFirst = this.variant.velocityFirst;
    for (let i = 0; i < POINTS; i += 1) {
      const old = velocities[base + i]!;
      const next = old * KEPT + forces[i]! * DT;
      velocities[base + i] = next;
      positions[base + i] = positions[base + i]! + (velocityFirst ? next : old) * DT;
    }
  }

  private reward(b: number): void {
    const { rewards } = this;
    const cover = this.coverDistance(b);
    const at = b * N;
    const c01 = this.collides(b, 0, 1);
    const c02 = this.collides(b, 0, 2);
    const c12 = this.collides(b, 1, 2);
    if (this.variant.shared) {
      const all = -N * cover - 2 * (c01 + c02 + c12) - N;
      rewards[at] = all;
      rewards[at + 1] = all;
      rewards[at + 2] = all;
    } else {
      rewards[at] = -0.5 * cover - 0.5 * (c01 + c02);
      rewards[at + 1] = -0.5 * cover - 0.5 * (c01 + c12);
      rewards[at + 2] = -0.5 * cover - 0.5 * (c02 + c12);
    }
  }

  /** D: sum over landmarks of the distance to the nearest agent. */
  private coverDistance(b: number): number {
    const { positions, landmarks } = this;
    const base = b * POINTS;
    let sum = 0;
    for (let l = base; l < base + POINTS; l += 2) {
      let nearest = Infinity;
      for (let a = base; a < base + POINTS; a += 2) {
        const dx = positions[a]! - landmarks[l]!;
        const dy = positions[a + 1]! - landmarks[l + 1]!;
        const distance = Math.sqrt(dx * dx + dy * dy);
        if (distance < nearest) nearest = distance;
      }
      sum += nearest;
    }
    return sum;
  }

  private collides(b: number, i: number, j: number): number {
    const { positions } = this;
    const dx = positions[b * POINTS + 2 * i]! - positions[b * POINTS + 2 * j]!;
    const dy = positions[b * POINTS + 2 * i + 1]! - positions[b * POINTS + 2 * j + 1]!;
    return Math.sqrt(dx * dx + dy * dy) < CONTACT_DISTANCE ? 1 : 0;
  }
}

/** ln(1 + e^z) without overflow. */
function softplus(z: number): number {
  return z > 0 ? z + Math.log1p(Math.exp(-z)) : Math.log1p(Math.exp(z));
}

function define(name: string, variant: Variant): KernelDefinition {
  return {
    kind: "kernel",
    spec: {
      name,
      groups: [
        {
          name: "agent",
          agents: ["agent_0", "agent_1", "agent_2"],
          observationSpace: box({ low: -Infinity, high: Infinity, shape: [FEATURES] }),
          actionSpace: variant.continuous ? box({ low: 0, high: 1, shape: [5] }) : discrete(5),
          every: 1,
        },
      ],
      // As MPE2's `state()`: the three observations one after the other.
      stateSpace: box({ low: -Infinity, high: Infinity, shape: [N * FEATURES] }),
      joinedState: true,
      maxCycles: 25,
      membership: "fixed",
      illegalActions: "throw",
    },
    create: (buffers) => new SimpleSpreadKernel(buffers, variant),
  };
}

const variantC: Variant = {
  velocityFirst: false,
  landmarkScale: 1,
  shared: false,
  firstSign: -1,
  continuous: false,
};

/** `simple-spread-c-v0`: MPE2's task, discrete actions. */
export const simpleSpreadC: KernelDefinition = define("simple-spread-c-v0", variantC);

/** `simple-spread-c-continuous-v0`: the same with Box(0, 1)^5 actions. */
export const simpleSpreadCContinuous: KernelDefinition = define("simple-spread-c-continuous-v0", {
  ...variantC,
  continuous: true,
});

/** `simple-spread-b-v0`: the MAPPO paper's task. */
export const simpleSpreadB: KernelDefinition = define("simple-spread-b-v0", {
  velocityFirst: true,
  landmarkScale: 0.8,
  shared: true,
  firstSign: 1,
  continuous: false,
});
