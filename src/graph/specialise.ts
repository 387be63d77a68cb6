/** @file One function, many shapes: a compiled function per set of input shapes, made on first use and kept. */
import { type Compiled, compile } from "./compile.ts";
import type { CompileOptions } from "./program.ts";
import { type TensorSpec, type Traced, isSpec } from "./spec.ts";
import type { Tensor } from "./tensor.ts";
import { type Tree, flatten } from "./tree.ts";

/** The compiled forms of one function. */
export interface Specialised<S extends Tree<TensorSpec>, R extends Tree<Tensor>> extends AsyncDisposable {
  /** The form for these shapes; the same object for equal shapes. Do not release it: release the whole. */
  at(specs: S): Promise<Compiled<S, R>>;
  /** Frees all forms. */
  release(): Promise<void>;
}

/**
 * `fn`, compiled once for each set of input shapes that is asked for.
 * @example
 * const policy = specialise(({ x }: { x: Tensor }) => ({ y: tanh(x) }));
 * const small = await policy.at({ x: spec("f32", [1, 4]) });
 */
export function specialise<S extends Tree<TensorSpec>, R extends Tree<Tensor>>(
  fn: (inputs: Traced<S>) => R,
  options: CompileOptions = {},
): Specialised<S, R> {
  const forms = new Map<string, Promise<Compiled<S, R>>>();
  const release = async (): Promise<void> => {
    const open = await Promise.all(forms.values());
    forms.clear();
    await Promise.all(open.map(async (form) => form.release()));
  };
  return {
    async at(specs) {
      const key = JSON.stringify(flatten<TensorSpec>(specs, isSpec));
      const form = forms.get(key) ?? compile(fn, specs, options);
      forms.set(key, form);
      return form;
    },
    release,
    [Symbol.asyncDispose]: release,
  };
}
