/**
 * @file The superposition block: a mixture of K component policies whose weights come from complex amplitudes
 * (networks.md, section 3). It is a classical, quantum-inspired model: amplitudes are numbers that a network computes,
 * nothing is entangled and nothing runs on quantum hardware.
 *
 *   psi_k = sqrt(softmax(a))_k e^{i phi_k},  psi' = U psi,  p_k = |psi'_k|^2,  pi(a|s) = sum_k p_k pi_k(a|s).
 *
 * sqrt(softmax(a)) = exp((a - max a) / 2) / |...| without a second normalisation. Invariants: p and pi add up to 1; illegal
 * actions have probability exactly 0 in every component; with U = I the phases cancel and p = softmax(a).
 */
import { add, mul, square } from "../../graph/ops/arithmetic.ts";
import { exp, log, tanh } from "../../graph/ops/elementwise.ts";
import { concat, split } from "../../graph/ops/joining.ts";
import { linear as product, matmul } from "../../graph/ops/matmul.ts";
import { expandDims, reshape } from "../../graph/ops/shaping.ts";
import { logSoftmax } from "../../graph/ops/softmax.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { categoricalOf } from "../distributions/categorical.ts";
import { mixtureOf } from "../distributions/mixture.ts";
import { normal, zeros } from "../initialisers/initialiser.ts";
import { requireCount } from "../issues.ts";
import { type LayerNormParameters, layerNorm } from "../layers/layer-norm.ts";
import { type Layer, parameter, type Parameters } from "../layers/layer.ts";
import { type LinearParameters, linear } from "../layers/linear.ts";
import { mixedByProducts } from "./mixed-by-products.ts";
import { type Amplitudes, interference, type InterferenceKind } from "./interference.ts";

export interface SuperpositionOptions {
  /** Width of the trunk that the block reads. */
  readonly width: number;
  /** Roles that share the parameters; each has its own bias on amplitudes and phases. */
  readonly roles: number;
  /** K. */
  readonly states: number;
  readonly actions: number;
  /** Width of the enhanced features. */
  readonly features: number;
  /** Defaults to three Householder reflections. */
  readonly interference?: InterferenceKind;
}

export type SuperpositionParameters = {
  /** a and phi side by side: `[width, 2K]`. */
  readonly amplitude: LinearParameters;
  /** `[roles, 2K]`. */
  readonly role: Tensor;
  readonly interference: Parameters;
  /** Logits of all components: `[width, K actions]`. */
  readonly components: LinearParameters;
  /** e_k, `[K, features - 2K]`. */
  readonly states: Tensor;
  readonly featureNorm: LayerNormParameters;
};

export interface SuperpositionInput {
  /** `[R, width]`. */
  readonly trunk: Tensor;
  /** One-hot, `[R, roles]`. */
  readonly role: Tensor;
  /** Nonzero = legal, `[R, actions]`. */
  readonly legal: Tensor;
}

export interface Superposition {
  /** ln pi, `[R, actions]`: the mixture, also the logits of the policy. */
  readonly logProbs: Tensor;
  /** p, `[R, K]`. */
  readonly weights: Tensor;
  /** |psi|^2 before interference, `[R, K]`. */
  readonly bareWeights: Tensor;
  /** psi'. */
  readonly amplitudes: Amplitudes;
  /** ln pi_k, `[R, K, actions]`. */
  readonly components: Tensor;
  /** f, `[R, features]`. */
  readonly features: Tensor;
}

export interface SuperpositionLayer extends Layer<
  SuperpositionParameters,
  SuperpositionInput,
  Superposition
> {
  /**
   * pi, `[R, actions]`, without logarithms and gradients: for many rows of few agents (`mixedByProducts`).
   * @param input `trunk` as in `apply`, agents fastest; `role` and `legal` of the agents only
   */
  probabilities(parameters: SuperpositionParameters, input: SuperpositionInput): Tensor;
}

/** Added to p before its logarithm: a component may cancel to exactly 0. */
const LEAST_WEIGHT = 1e-8;

/** Three Householder reflections. */
export const defaultInterference: InterferenceKind = { kind: "householder", reflections: 3 };

/** @throws GrandModelError `LAYER_OPTION` when features do not exceed 2K. */
export function superposition(options: SuperpositionOptions): SuperpositionLayer {
  const { width, roles, states, actions, features } = options;
  const embedding = features - 2 * states;
  requireCount("superposition.roles", roles);
  requireCount("superposition.features - 2 states", embedding);
  const mixing = interference(options.interference ?? defaultInterference, states);
  const amplitude = linear(width, 2 * states, { gain: 0.1 });
  const components = linear(width, states * actions, { gain: 0.01 });
  const featureNorm = layerNorm(features);
  return {
    parameters: {
      amplitude: amplitude.parameters,
      role: parameter([roles, 2 * states], zeros),
      interference: mixing.parameters,
      components: components.parameters,
      states: parameter([states, embedding], normal(1)),
      featureNorm: featureNorm.parameters,
    },
    apply(parameters, { trunk, role, legal }) {
      const raw = add(amplitude.apply(parameters.amplitude, trunk), matmul(role, parameters.role));
      const [a, phi] = split(raw, [states, states], -1) as [Tensor, Tensor];
      const halfLog = mul(logSoftmax(a), 0.5);
      const modulus = exp(halfLog);
      const phase = mul(tanh(phi), Math.PI);
      const psi = mixing.apply(parameters.interference, { modulus, phase });
      const weights = add(square(psi.real), square(psi.imaginary));
      const logits = reshape(components.apply(parameters.components, trunk), [-1, states, actions]);
      const ofComponents = categoricalOf(logits, expandDims(legal, 1));
      const { logProbs } = mixtureOf(log(add(weights, LEAST_WEIGHT)), ofComponents);
      const mixed = matmul(weights, parameters.states);
      return {
        logProbs,
        weights,
        bareWeights: square(modulus),
        amplitudes: psi,
        components: ofComponents.logProbs,
        features: featureNorm.apply(parameters.featureNorm, concat([mixed, psi.real, psi.imaginary], -1)),
      };
    },
    probabilities: (parameters, { trunk, role, legal }) =>
      mixedByProducts({
        raw: matmul(trunk, parameters.amplitude.weight),
        offset: product(role, parameters.role, parameters.amplitude.bias),
        trunk,
        components: parameters.components,
        phases: mixing.phases?.(parameters.interference),
        mixing: mixing.matrix?.(parameters.interference),
        legal,
      }),
  };
}
