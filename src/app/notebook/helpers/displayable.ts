/**
 * @file Things that know how they look in a notebook. The protocol key is a symbol of Jupyter's, defined on the prototype
 * here, because `isolatedDeclarations` refuses class members keyed by symbols that are not well known.
 */
import type { MimeBundle } from "../document/notebook.ts";

const displayKey = Symbol.for("Jupyter.display");

/** Representations by MIME type; `text/plain` is required. */
export type Bundle = MimeBundle & { readonly "text/plain": string };

/** Something with a look of its own. */
export interface Displayable {
  readonly toBundle: () => Bundle;
}

/** Gives every instance of a class a look in notebooks. */
export function displayable<T>(
  type: abstract new (...given: never[]) => T,
  toBundle: (value: T) => Bundle,
): void {
  Object.defineProperty(type.prototype, displayKey, {
    value(this: T): Bundle {
      return toBundle(this);
    },
    configurable: true,
  });
}

/** An object that shows as this bundle, also as the last value of a cell. */
export function withBundle(toBundle: () => Bundle): Displayable {
  return Object.defineProperty({ toBundle }, displayKey, { value: toBundle });
}

/** The look of any value: its own bundle, text as it is, everything else as JSON. */
export function bundleOf(value: unknown): MimeBundle {
  if (typeof value === "string") return { "text/plain": value };
  const own = typeof value === "object" && value !== null ? Reflect.get(value, displayKey) : undefined;
  if (typeof own === "function") return own.call(value) as MimeBundle;
  return { "text/plain": JSON.stringify(value, undefined, 2) ?? String(value) };
}
