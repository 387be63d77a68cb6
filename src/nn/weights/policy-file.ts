/**
 * @file A network as one ONNX file that anything can run: graph, weights and what a user must know to feed it. The card
 * travels in the model's metadata under keys that start with `grandmodel.`; the batch dimension stays open.
 */
import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";
import { z } from "zod";
import { exportModel } from "../../graph/onnx/export.ts";
import { constant } from "../../graph/ops/constant.ts";
import type { Shape } from "../../graph/shape.ts";
import type { ParameterLayout, Shaped } from "../../graph/slab.ts";
import type { TensorSpec, Traced } from "../../graph/spec.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { type Tree, unflatten } from "../../graph/tree.ts";
import { GrandModelError } from "../../runtime/errors.ts";
import { bytesOf, sha256 } from "../../runtime/hash.adapter.ts";
import { type NetworkIssue, refuseOption } from "../issues.ts";

/** What must be known of a network to use it. */
export interface ModelCard {
  /** Names of the features of each input that has them, in the order of its last axis. */
  readonly features: Readonly<Record<string, readonly string[]>>;
  /** Version of the meaning of the features. */
  readonly schemaVersion: string;
  /** SHA-256 of what the network came from, by name: data, config, code. */
  readonly hashes: Readonly<Record<string, string>>;
}

/** A card as it is read: with the hash of the weights. */
export interface StoredCard extends ModelCard {
  /** SHA-256 of the slab of weights, little-endian float32. */
  readonly weights: string;
}

/** A network and its weights. */
export interface PolicyFile<P extends Tree<Shape>, S extends Readonly<Record<string, TensorSpec>>> {
  /** Specifications of the inputs by name; -1 is the open batch dimension: `spec("f32", [-1, 624])`. */
  readonly inputs: S;
  readonly layout: ParameterLayout<P>;
  readonly slab: Float32Array;
  readonly apply: (parameters: Shaped<P, Tensor>, inputs: Traced<S>) => Tree<Tensor>;
  readonly card: ModelCard;
}

const PREFIX = "grandmodel.";
const text = z.string();
const cardSchema: z.ZodType<StoredCard> = z.object({
  features: z.record(text, z.array(text)),
  schemaVersion: text,
  hashes: z.record(text, text),
  weights: text.regex(/^[0-9a-f]{64}$/),
});

/**
 * The bytes of the ONNX file.
 * @throws GrandModelError `LAYER_OPTION` when an input has not as many features as names
 * @throws GrandModelError `BATCH_NOT_SYMBOLIC` when the network depends on the batch in a way ONNX cannot follow
 */
export function exportPolicy<P extends Tree<Shape>, S extends Readonly<Record<string, TensorSpec>>>(
  policy: PolicyFile<P, S>,
): Uint8Array<ArrayBuffer> {
  const { inputs, layout, slab, apply, card } = policy;
  requireFeatureNames(inputs, card);
  const leaves = layout.entries.map(({ shape, offset, size }) =>
    constant(slab.subarray(offset, offset + size), { shape }),
  );
  const weights = unflatten<Shape, Tensor>(layout.shapes, isShape, leaves) as Shaped<P, Tensor>;
  const stored: StoredCard = { ...card, weights: sha256(bytesOf(slab)) };
  const metadata = Object.entries(stored).map(([key, value]) => [PREFIX + key, JSON.stringify(value)]);
  return exportModel((traced) => apply(weights, traced), inputs, { metadata: Object.fromEntries(metadata) });
}

/**
 * The card of an exported file.
 * @throws GrandModelError `MODEL_CARD_INVALID` when the file has none, or is no ONNX file
 */
export function readModelCard(model: Uint8Array, file?: string): StoredCard {
  const fields = Object.fromEntries(
    readMetadata(model, file).flatMap(([key, value]) =>
      key.startsWith(PREFIX) ? [[key.slice(PREFIX.length), parseJson(value)]] : [],
    ),
  );
  const parsed = cardSchema.safeParse(fields);
  if (parsed.success) return parsed.data;
  throw cardError(z.prettifyError(parsed.error), file);
}

/** `metadata_props` of a `ModelProto`: field 14, entries of key (1) and value (2). */
function readMetadata(model: Uint8Array, file: string | undefined): [string, string][] {
  const entries: [string, string][] = [];
  try {
    const reader = new BinaryReader(model);
    while (reader.pos < reader.len) {
      const [field, type] = reader.tag();
      if (field === 14 && type === WireType.LengthDelimited) entries.push(readEntry(reader.bytes()));
      else reader.skip(type, field);
    }
  } catch (error) {
    throw cardError(error instanceof Error ? error.message : String(error), file);
  }
  return entries;
}

function readEntry(bytes: Uint8Array): [string, string] {
  const entry: [string, string] = ["", ""];
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [field, type] = reader.tag();
    if (field === 1) entry[0] = reader.string();
    else if (field === 2) entry[1] = reader.string();
    else reader.skip(type, field);
  }
  return entry;
}

function parseJson(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
}

function cardError(value: string, file: string | undefined): GrandModelError {
  const issue: NetworkIssue = {
    code: "MODEL_CARD_INVALID",
    ...(file === undefined ? {} : { file }),
    value,
    expected: "an ONNX file with features, schemaVersion, hashes and weights in its metadata",
    hint: "Export the policy again with exportPolicy.",
  };
  return new GrandModelError(issue, { class: "data" });
}

function requireFeatureNames(inputs: Readonly<Record<string, TensorSpec>>, card: ModelCard): void {
  for (const [input, names] of Object.entries(card.features)) {
    const width = inputs[input]?.shape.at(-1);
    if (names.length === width) continue;
    refuseOption({
      path: `card.features.${input}`,
      value: names.length,
      expected: width === undefined ? "the name of an input" : `${width} names, one per feature`,
      hint: "List the features in the order in which the network was trained.",
    });
  }
}

function isShape(value: unknown): value is Shape {
  return Array.isArray(value);
}
