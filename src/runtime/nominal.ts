/**
 * @file Nominal types: numbers and strings that the compiler keeps apart (a tick is not a cent).
 * Each nominal type has one validating constructor beside its definition, in the room that owns the quantity.
 */
declare const tag: unique symbol;

/** `T` that only the constructor of `N` can make; arithmetic between different names does not compile. */
export type Nominal<T, N extends string> = T & { readonly [tag]: N };
