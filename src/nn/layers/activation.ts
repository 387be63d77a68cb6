/** @file Activation functions by the name that configurations and checkpoints use. */
import { gelu, relu, tanh } from "../../graph/ops/elementwise.ts";
import type { Tensor } from "../../graph/tensor.ts";

export type Activation = "relu" | "tanh" | "gelu";

export const activations: Readonly<Record<Activation, (x: Tensor) => Tensor>> = { relu, tanh, gelu };
