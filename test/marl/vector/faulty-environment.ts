import { cartPole } from "../../../src/marl/environments/cart-pole.kernel.ts";
import type { KernelDefinition } from "../../../src/marl/vector/contract.ts";

/** Resets well and throws in its first step. */
export const faulty: KernelDefinition = {
  ...cartPole,
  create: (buffers) => ({
    memory: [],
    reset: () => {
      buffers.steps.fill(0);
    },
    step: () => {
      throw new Error("the wire broke");
    },
    observe: (_group, _from, _to, out) => {
      out.fill(0);
    },
  }),
};
