/** @file The published JSON schemas are those that the code enforces; `vitest -u` writes them anew. */
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { z } from "zod";
import { checkpointInfoSchema } from "../../../src/app/coordination/checkpoint-info.ts";
import { statusSchema } from "../../../src/app/coordination/status-schema.ts";

const folder = fileURLToPath(new URL("../../../docs/schemas/", import.meta.url));

test.each([
  ["terminal-status", statusSchema],
  ["checkpoint-info", checkpointInfoSchema],
])("%s", async (name, schema) => {
  const text = `${JSON.stringify(z.toJSONSchema(schema), undefined, 2)}\n`;
  await expect(text).toMatchFileSnapshot(`${folder}${name}.schema.json`);
});
