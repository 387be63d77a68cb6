/** @file How one node is written in ONNX: operator type, attributes, and list-valued arguments that ONNX wants as inputs. */

/** Attribute of an ONNX node. Floats and integers differ on the wire, so a number says which it is. */
export type OnnxAttribute =
  | { readonly kind: "int"; readonly value: number }
  | { readonly kind: "float"; readonly value: number }
  | { readonly kind: "ints"; readonly value: readonly number[] }
  | { readonly kind: "string"; readonly value: string };

/** One ONNX node: it takes the graph node's inputs, followed by `trailing` int64 lists or scalars (axes, shapes, sizes). */
export interface OnnxCall {
  readonly type: string;
  /** Empty for standard operators, `com.microsoft` for ONNX Runtime's own. */
  readonly domain?: string;
  readonly attributes?: Readonly<Record<string, OnnxAttribute>>;
  readonly trailing?: readonly (readonly number[] | number)[];
  /** Outputs behind the last one that is read are left out. */
  readonly optionalOutputs?: true;
}

export function int(value: number): OnnxAttribute {
  return { kind: "int", value };
}

export function float(value: number): OnnxAttribute {
  return { kind: "float", value };
}

export function ints(value: readonly number[]): OnnxAttribute {
  return { kind: "ints", value };
}

export function string(value: string): OnnxAttribute {
  return { kind: "string", value };
}
