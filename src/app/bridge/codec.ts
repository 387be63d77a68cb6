/**
 * @file Members of spaces as bytes. Every space has a fixed size, so a reply is read at known offsets without parsing:
 * discrete = int32; multi-discrete = int32 per entry; multi-binary = int8 per bit; box = its elements in its dtype (bool
 * as uint8); dict and tuple = their parts in order (dict keys sorted). Little endian, no padding.
 */
import { GrandModelError } from "../../runtime/errors.ts";
import type { SpaceValue, Space, TypedArray } from "../../marl/spaces/space.ts";

/** Reads and writes the members of one space. */
export interface Codec {
  readonly bytes: number;
  readonly write: (value: SpaceValue, out: Buffer, at: number) => void;
  readonly read: (source: Buffer, at: number) => SpaceValue;
}

/** The codec of a space; make it once. */
export function codecOf(space: Space): Codec {
  switch (space.kind) {
    case "discrete":
      return {
        bytes: 4,
        write: (value, out, at) => void out.writeInt32LE(asNumber(value), at),
        read: (source, at) => source.readInt32LE(at),
      };
    case "multi-discrete":
      return arrayCodec(space.nvec.length, 4, (buffer) => new Int32Array(buffer));
    case "multi-binary":
      return arrayCodec(space.n, 1, (buffer) => new Int8Array(buffer));
    case "box":
      return boxCodec(space.dtype, space.low.length);
    case "dict":
      return partsCodec(
        Object.keys(space.spaces),
        Object.values(space.spaces),
        (value, key) => (value as { readonly [key: string]: SpaceValue })[key],
        (keys, values) => Object.fromEntries(keys.map((key, i) => [key, values[i] ?? 0])),
      );
    case "tuple":
      return partsCodec(
        space.spaces.map((_, i) => String(i)),
        space.spaces,
        (value, key) => (value as readonly SpaceValue[])[Number(key)],
        (_, values) => values,
      );
    default:
      return space satisfies never;
  }
}

function boxCodec(dtype: (Space & { kind: "box" })["dtype"], size: number): Codec {
  switch (dtype) {
    case "float32":
      return arrayCodec(size, 4, (buffer) => new Float32Array(buffer));
    case "float64":
      return arrayCodec(size, 8, (buffer) => new Float64Array(buffer));
    case "int32":
      return arrayCodec(size, 4, (buffer) => new Int32Array(buffer));
    case "int8":
      return arrayCodec(size, 1, (buffer) => new Int8Array(buffer));
    case "uint8":
    case "bool":
      return arrayCodec(size, 1, (buffer) => new Uint8Array(buffer));
    default:
      return dtype satisfies never;
  }
}

/** The machines this runs on are little endian, so the bytes of a typed array are the bytes of the wire. */
function arrayCodec(size: number, width: number, make: (buffer: ArrayBuffer) => TypedArray): Codec {
  const bytes = size * width;
  return {
    bytes,
    write: (value, out, at) => {
      const array = value as TypedArray;
      out.set(new Uint8Array(array.buffer, array.byteOffset, bytes), at);
    },
    read: (source, at) => make(new Uint8Array(source.subarray(at, at + bytes)).buffer),
  };
}

function partsCodec(
  keys: readonly string[],
  spaces: readonly Space[],
  part: (value: SpaceValue, key: string) => SpaceValue | undefined,
  join: (keys: readonly string[], values: readonly SpaceValue[]) => SpaceValue,
): Codec {
  let bytes = 0;
  const parts = spaces.map((space, i) => {
    const codec = codecOf(space);
    const placed = { key: keys[i] ?? "", codec, offset: bytes };
    bytes += codec.bytes;
    return placed;
  });
  return {
    bytes,
    write: (value, out, at) => {
      for (const { key, codec, offset } of parts) codec.write(part(value, key) ?? 0, out, at + offset);
    },
    read: (source, at) =>
      join(
        keys,
        parts.map(({ codec, offset }) => codec.read(source, at + offset)),
      ),
  };
}

function asNumber(value: SpaceValue): number {
  if (typeof value === "number") return value;
  throw new GrandModelError({
    code: "BRIDGE_FRAME",
    value: typeof value,
    expected: "a number for a discrete space",
    hint: "The environment returned a value of another kind; check it with checkParallelEnv.",
  });
}
