/**
 * @file Drawing continuous actions outside the graph from the outputs of a policy; nothing allocated.
 * Gaussian and tanh-Gaussian: polar method of the generator. Beta: two gamma draws by Marsaglia and Tsang, "A simple
 * method for generating gamma variables", 2000, in logarithms, so that tiny shapes do not divide zero by zero.
 * Everything is [rows, n], row-major; a log standard deviation that does not depend on the state is [n].
 * What is drawn for a Gaussian policy is UNCLIPPED: store it for the update, send its clipped value to the
 * environment (marl.md, item 17). For tanh-Gaussian the draw is u, before squashing: store u, send tanh(u).
 */
import type { Generator } from "../../runtime/random/generator.ts";

/** actions = mean + exp(logSd) z, z standard normal. `logSd` is [n]. */
export function sampleGaussian(
  mean: Float32Array,
  logSd: Float32Array,
  generator: Generator,
  actions: Float32Array,
): void {
  const n = logSd.length;
  for (let i = 0; i < actions.length; i += 1) {
    actions[i] = mean[i]! + Math.exp(logSd[i % n]!) * generator.normal();
  }
}

/** squashed = tanh(raw): what a tanh-Gaussian policy sends to the environment. */
export function squash(raw: Float32Array, squashed: Float32Array): void {
  for (let i = 0; i < raw.length; i += 1) squashed[i] = Math.tanh(raw[i]!);
}

/** Draws x in (0, 1) from Beta(alpha, beta), each [rows, n]; rounded into the open interval of float32. */
export function sampleBeta(
  alpha: Float32Array,
  beta: Float32Array,
  generator: Generator,
  actions: Float32Array,
): void {
  for (let i = 0; i < actions.length; i += 1) {
    const logX = logGamma(alpha[i]!, generator);
    const logY = logGamma(beta[i]!, generator);
    actions[i] = intoOpenInterval(1 / (1 + Math.exp(logY - logX)));
  }
}

/** Mode of Beta(alpha, beta) where both exceed 1, else its mean. */
export function modeBeta(alpha: Float32Array, beta: Float32Array, actions: Float32Array): void {
  for (let i = 0; i < actions.length; i += 1) {
    const a = alpha[i]!;
    const b = beta[i]!;
    actions[i] = intoOpenInterval(a > 1 && b > 1 ? (a - 1) / (a + b - 2) : a / (a + b));
  }
}

/** The ends have log-density minus infinity: keep a float32 half ulp of 1 away from both. */
function intoOpenInterval(x: number): number {
  return Math.min(Math.max(x, 5.9604644775390625e-8), 1 - 5.9604644775390625e-8);
}

/** Logarithm of a Gamma(shape, 1) draw. */
function logGamma(shape: number, generator: Generator): number {
  // For shape < 1: Gamma(shape) = Gamma(shape + 1) U^(1 / shape).
  const boost = shape < 1 ? Math.log(1 - generator.nextFloat64()) / shape : 0;
  const d = (shape < 1 ? shape + 1 : shape) - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = generator.normal();
    const root = 1 + c * x;
    if (root <= 0) continue;
    const v = root * root * root;
    const u = 1 - generator.nextFloat64();
    if (Math.log(u) < 0.5 * x * x + d - d * v + d * Math.log(v)) return boost + Math.log(d * v);
  }
}
