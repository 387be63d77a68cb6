/** @file WebAssembly as Node has it; its types come with the DOM library, which this project does not load. */

/** Linear memory. */
export interface WasmMemory {
  readonly buffer: ArrayBuffer;
}

/** Exported functions by name. */
export type WasmExports = Readonly<Record<string, unknown>>;

interface WasmHost {
  readonly Memory: new (limits: { readonly initial: number }) => WasmMemory;
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  readonly Instance: new (
    module: object,
    imports: Readonly<Record<string, object>>,
  ) => { readonly exports: WasmExports };
}

function host(): WasmHost {
  return (globalThis as unknown as { readonly WebAssembly: WasmHost }).WebAssembly;
}

/** Zeroed memory of at least `bytes`. */
export function createMemory(bytes: number): WasmMemory {
  return new (host().Memory)({ initial: Math.ceil(bytes / 65536) + 1 });
}

/** The exports of a module that imports `env.memory`. */
export function instantiate(module: Uint8Array<ArrayBuffer>, memory: WasmMemory): WasmExports {
  const { Instance, Module } = host();
  return new Instance(new Module(module), { env: { memory } }).exports;
}
