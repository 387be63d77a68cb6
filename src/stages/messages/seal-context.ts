/**
 * @file Making a strategic message and reading one of another process: content is checked, what follows from it is added,
 * everything is sealed with a hash and frozen. The same rules stand at both ends.
 */
import { hashJson } from "../../runtime/hash.adapter.ts";
import { contentSchema } from "./context-schema.ts";
import type { ContextContent, StrategicContext } from "./strategic-context.ts";

/** Life of a message, ms. */
const lifeMs = 3_600_000;

/** A message of the given content, frozen. @throws ZodError for content out of range: a fault of the sender. */
export function seal(content: ContextContent): StrategicContext {
  const checked = contentSchema.parse(content);
  const body = {
    ...checked,
    version: 1 as const,
    id: `${Math.floor(checked.barClose / 1000)}-${checked.seq}`,
    validFrom: checked.barClose,
    expiresAt: checked.barClose + lifeMs,
  };
  const { synergy } = checked;
  const { type = 0, direction = 0, confidence = 0, ageBars = 0 } = synergy ?? {};
  const hash = hashJson({
    ...body,
    bias: { ...body.bias },
    uncertainty: { ...body.uncertainty },
    synergy: synergy === undefined ? null : { type, direction, confidence, ageBars },
  });
  return deepFreeze({ ...body, hash });
}

/**
 * The message inside JSON of another process; undefined for anything that is not a sound message of this version, one
 * with a changed field included.
 */
export function readStrategicContext(json: unknown): StrategicContext | undefined {
  if (typeof json !== "object" || json === null) return undefined;
  const { version, id, validFrom, expiresAt, hash, ...content } = json as Record<string, unknown>;
  const parsed = contentSchema.safeParse(content);
  if (version !== 1 || !parsed.success) return undefined;
  const message = seal(parsed.data);
  const unchanged =
    message.hash === hash &&
    message.id === id &&
    message.validFrom === validFrom &&
    message.expiresAt === expiresAt;
  return unchanged ? message : undefined;
}

function deepFreeze<T extends object>(value: T): T {
  for (const part of Object.values(value)) {
    if (typeof part === "object" && part !== null) deepFreeze(part);
  }
  return Object.freeze(value);
}
