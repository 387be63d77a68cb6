/** @file `grandmodel notebook install`: writes our kernelspec where Jupyter and VS Code list it. */
import { join } from "node:path";
import { writeFileAtomic } from "../../../runtime/files/atomic.adapter.ts";
import { jupyterDataFolder, type Kernelspec, ownKernel, ownKernelspec } from "./kernelspec.ts";

export interface Installation {
  readonly file: string;
  readonly spec: Kernelspec;
}

/** Writes `kernels/grandmodel/kernel.json`; again after the product has moved. @throws GrandModelError `NOTEBOOK_RUNTIME_MISSING` */
export function installKernel(): Installation {
  const spec = ownKernelspec();
  const file = kernelFile();
  writeFileAtomic(file, `${JSON.stringify(spec, undefined, 2)}\n`);
  return { file, spec };
}

/** The file that is written. */
export function kernelFile(): string {
  return join(jupyterDataFolder(), "kernels", ownKernel, "kernel.json");
}
