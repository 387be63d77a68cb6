/** @file The one error for a value that is not of its space. */
import type { GrandModelError } from "../../runtime/errors.ts";
import { environmentError } from "../issues.ts";
import { describeSpace, explainOutside } from "./contains.ts";
import type { Space } from "./space.ts";

/** `SPACE_VALUE_INVALID` with the reason why the value is outside. */
export function spaceMismatch(space: Space, value: unknown, path?: string): GrandModelError {
  return environmentError("SPACE_VALUE_INVALID", {
    ...(path === undefined ? {} : { path }),
    value: explainOutside(space, value) ?? "a value of another structure",
    expected: `a member of ${describeSpace(space)}`,
    hint: "Build the value with the typed array and the length that the space names.",
  });
}
