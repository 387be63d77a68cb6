/** @file One function, many shapes: a compiled function per set of input shapes, made on first use and kept. */
import { type Compiled, compile } from "./compile.ts";
import type { CompileOptions } from "./program.ts";
import { type TensorSpec, type Traced, isSpec } from "./spec.ts";
import type { Tensor } from "./tensor.ts";
import { type Tree, flatten } from "./tree.ts";

/** Specifications for the inputs `I` of a function. */
export type SpecsOf<I extends Tree<Tensor>> = I extends Tensor
  ? TensorSpec
  : { readonly [Name in keyof I]: I[Name] extends Tree<Tensor> ? SpecsOf<I[Name]> : never };

/** The compiled forms of one function. */
export interface Specialised<I extends Tree<Tensor>, R extends Tree<Tensor>> extends AsyncDisposable {
  /** The form for these shapes; the same object for equal shapes. Do not release it: release the whole. */
  at(specs: SpecsOf<I>): Promise<Compiled<SpecsOf<I> & Tree<TensorSpec>, R>>;
  /** Frees all forms. */
  release(): Promise<void>;
}

/**
 * `fn`, compiled once for each set of input shapes that is asked for.
 * @example
 * const policy = specialise(({ x }: { x: Tensor }) => ({ y: tanh(x) }));
 * const small = await policy.at({ x: spec("f32", [1, 4]) });
 */
export function specialise<I extends Tree<Tensor>, R extends Tree<Tensor>>(
  fn: (inputs: I) => R,
  options: CompileOptions = {},
): Specialised<I, R> {
  type Specs = SpecsOf<I> & Tree<TensorSpec>;
  const forms = new Map<string, Promise<Compiled<Specs, R>>>();
  const release = async (): Promise<void> => {
    const open = await Promise.all(forms.values());
    forms.clear();
    await Promise.all(open.map(async (form) => form.release()));
  };
  return {
    async at(specs) {
      const tree = specs as Specs;
      const key = JSON.stringify(flatten<TensorSpec>(tree, isSpec));
      const form =
        forms.get(key) ??
        compile<Specs, R>((inputs: Traced<Specs>) => fn(inputs as unknown as I), tree, options);
      forms.set(key, form);
      return form;
    },
    release,
    [Symbol.asyncDispose]: release,
  };
}
