/**
 * @file What a training step costs: the multiply-adds of its matrix products, counted in the traced graphs themselves, forward
 * and with gradient, so that weights applied to many rows count as often as they are applied and products that no gradient
 * needs do not count. Element-wise work is not counted: it is what the roofline is missed by.
 */
import { grad } from "../../src/graph/autodiff.ts";
import { executionOrder } from "../../src/graph/graph.ts";
import { add } from "../../src/graph/ops/arithmetic.ts";
import { sum } from "../../src/graph/ops/broadcast.ts";
import { lower } from "../../src/graph/passes/optimise.ts";
import { spec, type TensorSpec } from "../../src/graph/spec.ts";
import type { Node, Tensor } from "../../src/graph/tensor.ts";
import { trace } from "../../src/graph/trace.ts";
import type { Tree } from "../../src/graph/tree.ts";
import type { Learner } from "../../src/marl/learner/learner.ts";
import type { Parameters } from "../../src/nn/layers/layer.ts";

/** FLOPs of one environment step of a learner: rollout, one value of its state, E passes of forward and gradient. */
export function flopsPerStep({ layout, networks }: Learner): number {
  // Many samples, so that what is computed once per call (the mixing matrix) hardly counts.
  const samples = 64;
  const specs = {
    flat: spec("f32", [networks.all.size]),
    rows: spec("f32", [samples * layout.agents, layout.features]),
    states: spec("f32", [samples * layout.criticRows, layout.criticFeatures]),
  };
  const parts = (flat: Tensor): { readonly actor: Parameters; readonly critic: Parameters } =>
    networks.all.unpack(flat) as never;
  const forward = flopsOf(({ flat, rows, states }) => {
    const { actor, critic } = parts(flat);
    return { y: networks.actor.step(actor, rows).output, v: networks.critic.apply(critic, states) };
  }, specs);
  const update = flopsOf(
    ({ flat, rows, states }) => ({
      slope: grad((slab: Tensor) => {
        const { actor, critic } = parts(slab);
        return add(sum(networks.actor.step(actor, rows).output), sum(networks.critic.apply(critic, states)));
      })(flat),
    }),
    specs,
  );
  return (forward + layout.settings.epochs * update) / samples;
}

type Inputs = { readonly flat: Tensor; readonly rows: Tensor; readonly states: Tensor };

function flopsOf(fn: (inputs: Inputs) => Tree<Tensor>, specs: Tree<TensorSpec>): number {
  const { graph } = trace(fn as never, specs);
  const order = executionOrder(lower(graph).outputs.map(({ tensor }) => tensor));
  return order.reduce((total, node) => total + productFlops(node), 0);
}

/** Two per multiply-add. */
function productFlops(node: Node): number {
  const { name } = node.operator;
  if (name !== "gemm" && name !== "matmul") return 0;
  const [a] = node.inputs;
  const output = node.outputs[0]?.shape ?? [];
  const elements = output.reduce((product, length) => product * length, 1);
  const inner = node.attributes["transposeA"] === true ? a?.shape.at(-2) : a?.shape.at(-1);
  return 2 * elements * (inner ?? 0);
}
