/**
 * @file Initialisers: pure functions from a key and a shape to the first values of one parameter.
 * Invariant: the values depend on key and shape only, so a parameter keeps its start when others are added.
 * Orthogonal matrices, the default for hidden layers and heads, are in `orthogonal.ts`.
 */
import { type Key, fillUniform } from "../../runtime/random/key.ts";
import { type Shape, sizeOf } from "../../graph/shape.ts";
import { Generator } from "../../runtime/random/generator.ts";

/** First values of a parameter of `shape`, row-major. */
export type Initialiser = (key: Key, shape: Shape) => Float32Array;

/** Every element is `value`: 1 for gains, -0.5 for a log standard deviation. */
export function constant(value: number): Initialiser {
  return (_key, shape) => new Float32Array(sizeOf(shape)).fill(value);
}

/** All zero: biases. */
export const zeros: Initialiser = constant(0);

/** Independent normal draws of the given standard deviation: embeddings. */
export function normal(sd: number): Initialiser {
  return (key, shape) => {
    const generator = Generator.fromKey(key);
    return Float32Array.from({ length: sizeOf(shape) }, () => sd * generator.normal());
  };
}

/** Uniform on [-bound, bound). */
export function uniform(bound: number): Initialiser {
  return (key, shape) => {
    const out = new Float32Array(sizeOf(shape));
    fillUniform(key, out);
    return out.map((u) => bound * (2 * u - 1));
  };
}

/**
 * Kaiming (He) uniform, variance gain^2 / fanIn. Source: He, Zhang, Ren, Sun, "Delving deep into rectifiers", 2015,
 * equation 10.
 * @param fanIn number of inputs that one output sums over
 * @param gain sqrt 2 for ReLU (the default), 1 for a linear layer
 */
export function kaimingUniform(fanIn: number, gain: number = Math.SQRT2): Initialiser {
  return uniform(gain * Math.sqrt(3 / fanIn));
}

/** Kaiming (He) normal, variance gain^2 / fanIn; parameters as in `kaimingUniform`. */
export function kaimingNormal(fanIn: number, gain: number = Math.SQRT2): Initialiser {
  return normal(gain / Math.sqrt(fanIn));
}
