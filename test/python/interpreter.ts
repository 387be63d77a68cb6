/** @file Which Python the bridge tests may use: the first that has the packages; `GRANDMODEL_PYTHON` names another. */
import { spawnSync } from "node:child_process";

const candidates = [process.env["GRANDMODEL_PYTHON"], "python3", "/usr/bin/python3"];

/** The first interpreter that can import all `packages`, or undefined. */
export function pythonWith(...packages: readonly string[]): string | undefined {
  return candidates.find(
    (python) =>
      python !== undefined &&
      spawnSync(python, ["-c", `import ${packages.join(", ")}`], { stdio: "ignore" }).status === 0,
  );
}
