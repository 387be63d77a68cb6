/**
 * @file ONNX files, written with the wire format of `@bufbuild/protobuf` and the field numbers of onnx.proto3 (IR
 * version 8, ONNX 1.12). Only what an inference or training graph needs: no subgraphs, no sparse tensors.
 */
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { dtypeFacts } from "../dtype.ts";
import type { Dtype, TensorArray } from "../dtype.ts";
import type { OnnxAttribute } from "./call.ts";

/** Newest operator set that ONNX 1.12 (Debian 12) can check. */
export const opset = 17;
const irVersion = 8;

/** A dimension: a length, or the name of one that is left open. */
export type OnnxDimension = number | string;

/** An input or output of a model. */
export interface OnnxValue {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly OnnxDimension[];
}

/** A tensor stored in the model. */
export interface OnnxInitializer {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly values: TensorArray;
}

/** One operator; an empty input name stands for an input left out. */
export interface OnnxNode {
  readonly name: string;
  readonly type: string;
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, OnnxAttribute>>;
}

/** All of a model. */
export interface OnnxModel {
  readonly name: string;
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly OnnxInitializer[];
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
  readonly metadata: Readonly<Record<string, string>>;
}

const { Varint: varint, LengthDelimited: bytes, Bit32: fixed32 } = WireType;

/** The bytes of a `ModelProto`. */
export function writeModel(model: OnnxModel): Uint8Array<ArrayBuffer> {
  const writer = new BinaryWriter();
  writer.tag(1, varint).int64(irVersion);
  writer.tag(2, bytes).string("grandmodel");
  message(writer, 7, (graph) => writeGraph(graph, model));
  for (const domain of new Set(["", ...model.nodes.map((node) => node.domain)])) {
    message(writer, 8, (entry) => {
      entry.tag(1, bytes).string(domain);
      entry.tag(2, varint).int64(domain === "" ? opset : 1);
    });
  }
  for (const key of Object.keys(model.metadata).sort()) {
    message(writer, 14, (entry) => {
      entry.tag(1, bytes).string(key);
      entry.tag(2, bytes).string(model.metadata[key] ?? "");
    });
  }
  return writer.finish();
}

function message(writer: BinaryWriter, field: number, write: (inner: BinaryWriter) => void): void {
  writer.tag(field, bytes).fork();
  write(writer);
  writer.join();
}

function writeGraph(writer: BinaryWriter, model: OnnxModel): void {
  for (const node of model.nodes) message(writer, 1, (inner) => writeNode(inner, node));
  writer.tag(2, bytes).string(model.name);
  for (const tensor of model.initializers) message(writer, 5, (inner) => writeTensor(inner, tensor));
  for (const value of model.inputs) message(writer, 11, (inner) => writeValue(inner, value));
  for (const value of model.outputs) message(writer, 12, (inner) => writeValue(inner, value));
}

function writeNode(writer: BinaryWriter, node: OnnxNode): void {
  for (const input of node.inputs) writer.tag(1, bytes).string(input);
  for (const output of node.outputs) writer.tag(2, bytes).string(output);
  writer.tag(3, bytes).string(node.name);
  writer.tag(4, bytes).string(node.type);
  for (const name of Object.keys(node.attributes).sort()) {
    const attribute = node.attributes[name];
    if (attribute !== undefined) message(writer, 5, (inner) => writeAttribute(inner, name, attribute));
  }
  if (node.domain !== "") writer.tag(7, bytes).string(node.domain);
}

function writeAttribute(writer: BinaryWriter, name: string, attribute: OnnxAttribute): void {
  writer.tag(1, bytes).string(name);
  switch (attribute.kind) {
    case "float":
      writer.tag(2, fixed32).float(attribute.value);
      writer.tag(20, varint).int32(1);
      return;
    case "int":
      writer.tag(3, varint).int64(attribute.value);
      writer.tag(20, varint).int32(2);
      return;
    case "string":
      writer.tag(4, bytes).string(attribute.value);
      writer.tag(20, varint).int32(3);
      return;
    case "ints":
      for (const value of attribute.value) writer.tag(8, varint).int64(value);
      writer.tag(20, varint).int32(7);
      return;
    default:
      attribute satisfies never;
  }
}

function writeTensor(writer: BinaryWriter, { name, dtype, shape, values }: OnnxInitializer): void {
  for (const dimension of shape) writer.tag(1, varint).int64(dimension);
  writer.tag(2, varint).int32(dtypeFacts[dtype].onnx);
  writer.tag(8, bytes).string(name);
  // Raw data is little-endian, as are all machines that ONNX Runtime ships for.
  writer.tag(9, bytes).bytes(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
}

function writeValue(writer: BinaryWriter, { name, dtype, shape }: OnnxValue): void {
  writer.tag(1, bytes).string(name);
  message(writer, 2, (type) => {
    message(type, 1, (tensor) => {
      tensor.tag(1, varint).int32(dtypeFacts[dtype].onnx);
      message(tensor, 2, (dimensions) => {
        for (const dimension of shape) {
          message(dimensions, 1, (entry) => {
            if (typeof dimension === "number") entry.tag(1, varint).int64(dimension);
            else entry.tag(2, bytes).string(dimension);
          });
        }
      });
    });
  });
}
