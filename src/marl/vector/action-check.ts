/** @file Refuses actions outside the action space before they reach a kernel, naming copy, agent and value. */
import { environmentError } from "../issues.ts";
import { describeSpace } from "../spaces/contains.ts";
import { actionHeads } from "../spaces/heads.ts";
import type {
  EnvironmentSpec,
  GroupBuffers,
  GroupLayout,
  GroupSlabs,
  KernelBuffers,
  RolloutSlabs,
} from "./contract.ts";
import { groupLayouts } from "./layout.ts";
import { findIllegalChoice, findIllegalNumber } from "./record.kernel.ts";

/** A group with what its check needs, looked up once. */
interface CheckedGroup {
  readonly layout: GroupLayout;
  readonly buffers: GroupBuffers;
  readonly slabs: GroupSlabs;
  readonly low: readonly number[];
  readonly high: readonly number[];
  /** M where masked choices are refused, 0 where they are the environment's no-op. */
  readonly mask: number;
}

/** Checks the actions of the copies of one driver; nothing is allocated while all are legal. */
export class ActionChecker {
  readonly #spec: EnvironmentSpec;
  readonly #groups: readonly CheckedGroup[];
  /** Global index of local copy 0, for the message. */
  readonly #first: number;

  constructor(spec: EnvironmentSpec, buffers: KernelBuffers, slabs: RolloutSlabs, first: number) {
    this.#spec = spec;
    this.#first = first;
    this.#groups = groupLayouts(spec).flatMap((layout, g) => {
      const columns = buffers.groups[g];
      const rows = slabs.groups[g];
      const role = spec.groups[g];
      if (columns === undefined || rows === undefined || role === undefined) return [];
      const { low, high } = actionHeads(role.actionSpace);
      const mask = spec.illegalActions === "throw" ? layout.mask : 0;
      return [{ layout, buffers: columns, slabs: rows, low, high, mask }];
    });
  }

  /**
   * Looks at the acting agents of local copies from <= b < to; `row` is where the range begins in a [.., B] slab.
   * @throws GrandModelError `ENV_ACTION_ILLEGAL` for the first action that is not legal.
   */
  check(row: number, from: number, to: number): void {
    for (let g = 0; g < this.#groups.length; g += 1) {
      const group = this.#groups[g];
      if (group === undefined) continue;
      const { agents, heads, continuous } = group.layout;
      const { discrete, continuous: numbers } = group.buffers;
      const { acting, mask } = group.slabs;
      const begin = from * agents;
      const end = to * agents;
      if (heads.length > 0) {
        const at = findIllegalChoice(discrete, heads, acting, row * agents, begin, end, mask, group.mask);
        if (at !== -1) throw this.#illegal(g, at, heads.length, discrete[at]);
      }
      if (continuous > 0) {
        const at = findIllegalNumber(numbers, group.low, group.high, acting, row * agents, begin, end);
        if (at !== -1) throw this.#illegal(g, at, continuous, numbers[at]);
      }
    }
  }

  #illegal(g: number, at: number, width: number, value: number | undefined): Error {
    const role = this.#spec.groups[g];
    const agents = role?.agents ?? [];
    const row = Math.floor(at / width);
    const agent = agents[row % agents.length] ?? "?";
    return environmentError("ENV_ACTION_ILLEGAL", {
      path: `copy ${this.#first + Math.floor(row / agents.length)}, ${agent}, part ${at % width}`,
      value: value === undefined || !Number.isFinite(value) ? String(value) : value,
      expected: `a legal action of ${role === undefined ? "the group" : describeSpace(role.actionSpace)}`,
      hint: "Write choices counted from 0 and clipped numbers; masked choices must not be sent.",
    });
  }
}
