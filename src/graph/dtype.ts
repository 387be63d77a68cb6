/**
 * @file Element types of tensors: their names, JavaScript arrays and ONNX codes, in one table.
 * Booleans live in `Uint8Array`s of 0 and 1, as ONNX Runtime keeps them.
 */

/** Typed array of each element type. */
export interface DtypeArrays {
  readonly f32: Float32Array;
  readonly f64: Float64Array;
  readonly i32: Int32Array;
  readonly i64: BigInt64Array;
  readonly u8: Uint8Array;
  readonly bool: Uint8Array;
}

/** Element type of a tensor. */
export type Dtype = keyof DtypeArrays;

/** Any typed array that can cross the border of a graph. */
export type TensorArray = DtypeArrays[Dtype];

interface DtypeFacts {
  /** `TensorProto.DataType` of onnx.proto. */
  readonly onnx: number;
  /** Name that ONNX Runtime's JavaScript interface uses. */
  readonly ort: "float32" | "float64" | "int32" | "int64" | "uint8" | "bool";
  readonly bytes: number;
}

export const dtypeFacts: { readonly [D in Dtype]: DtypeFacts } = {
  f32: { onnx: 1, ort: "float32", bytes: 4 },
  f64: { onnx: 11, ort: "float64", bytes: 8 },
  i32: { onnx: 6, ort: "int32", bytes: 4 },
  i64: { onnx: 7, ort: "int64", bytes: 8 },
  u8: { onnx: 2, ort: "uint8", bytes: 1 },
  bool: { onnx: 9, ort: "bool", bytes: 1 },
};

/** A new zeroed array of `size` elements. */
export function allocate(dtype: Dtype, size: number): TensorArray {
  switch (dtype) {
    case "f32":
      return new Float32Array(size);
    case "f64":
      return new Float64Array(size);
    case "i32":
      return new Int32Array(size);
    case "i64":
      return new BigInt64Array(size);
    case "u8":
    case "bool":
      return new Uint8Array(size);
    default:
      return dtype satisfies never;
  }
}

/** The array of `dtype` that holds the given numbers, converted as a cast would. */
export function arrayOf(dtype: Dtype, values: readonly number[]): TensorArray {
  switch (dtype) {
    case "f32":
      return Float32Array.from(values);
    case "f64":
      return Float64Array.from(values);
    case "i32":
      return Int32Array.from(values);
    case "i64":
      return BigInt64Array.from(values, (value) => BigInt(Math.trunc(value)));
    case "u8":
      return Uint8Array.from(values);
    case "bool":
      return Uint8Array.from(values, (value) => (value === 0 ? 0 : 1));
    default:
      return dtype satisfies never;
  }
}

/** True for element types that have derivatives. */
export function isFloating(dtype: Dtype): boolean {
  return dtype === "f32" || dtype === "f64";
}

/** True when `array` is the typed array that `dtype` lives in. */
export function holds(array: TensorArray, dtype: Dtype): boolean {
  return array.constructor === allocate(dtype, 0).constructor;
}
