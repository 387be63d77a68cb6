/**
 * @file A WebAssembly assembler for straight float32 loops: just the sections and instructions that the epilogue
 * needs (WebAssembly core specification 2.0, binary format and vector instructions).
 */

/** Instruction bytes; nested lists are flattened. */
export type Code = readonly (number | Code)[];

/** Value types. */
export const i32 = 0x7f;
export const f32 = 0x7d;
export const v128 = 0x7b;

/** Unsigned LEB128. */
function unsigned(value: number): number[] {
  const low = value & 0x7f;
  const rest = value >>> 7;
  return rest === 0 ? [low] : [low | 0x80, ...unsigned(rest)];
}

/** Signed LEB128 of a non-negative 31-bit number. */
function signed(value: number): number[] {
  const low = value & 0x7f;
  const rest = value >> 7;
  return rest === 0 && (low & 0x40) === 0 ? [low] : [low | 0x80, ...signed(rest)];
}

function flat(code: Code): number[] {
  return code.flatMap((item) => (typeof item === "number" ? [item] : flat(item)));
}

function vector(items: readonly Code[]): Code {
  return [unsigned(items.length), ...items];
}

function sized(code: Code): Code {
  const bytes = flat(code);
  return [unsigned(bytes.length), bytes];
}

const simd = (opcode: number): Code => [0xfd, unsigned(opcode)];

type Opcodes = Readonly<
  Record<"add" | "sub" | "mul" | "div" | "minimum" | "maximum" | "abs" | "neg" | "sqrt", Code>
>;

/** The same operations on one float32 and on four. */
export const float: { readonly scalar: Opcodes; readonly vector: Opcodes } = {
  scalar: {
    add: [0x92],
    sub: [0x93],
    mul: [0x94],
    div: [0x95],
    minimum: [0x96],
    maximum: [0x97],
    abs: [0x8b],
    neg: [0x8c],
    sqrt: [0x91],
  },
  vector: {
    add: simd(228),
    sub: simd(229),
    mul: simd(230),
    div: simd(231),
    minimum: simd(232),
    maximum: simd(233),
    abs: simd(224),
    neg: simd(225),
    sqrt: simd(227),
  },
};

interface Instructions {
  get(local: number): Code;
  set(local: number): Code;
  i32(value: number): Code;
  readonly i32Add: Code;
  readonly i32And: Code;
  /** Shifts, to the right without sign. */
  readonly i32Left: Code;
  readonly i32Right: Code;
  /** 1 where the first is at least the second, without sign, else 0. */
  readonly i32AtLeast: Code;
  f32(value: number): Code;
  /** Loads from `address on the stack + offset`. */
  loadI32(offset: number): Code;
  load(offset: number): Code;
  storeI32(offset: number): Code;
  store(offset: number): Code;
  load4(offset: number): Code;
  store4(offset: number): Code;
  /** The smaller and the larger of two vectors as x86 has it: one instruction, the second operand where either is NaN. */
  readonly smaller: Code;
  readonly larger: Code;
  readonly splat: Code;
  lane(index: number): Code;
  /** Repeats `body` while local `counter`, raised by `step` after each turn, is below local `end`; at least once. */
  repeat(counter: number, step: number, end: number, body: Code): Code;
}

/** Instructions by what they do. */
export const op: Instructions = {
  get: (local) => [0x20, unsigned(local)],
  set: (local) => [0x21, unsigned(local)],
  i32: (value) => [0x41, signed(value)],
  i32Add: [0x6a],
  i32And: [0x71],
  i32Left: [0x74],
  i32Right: [0x76],
  i32AtLeast: [0x4f],
  f32: (value) => [0x43, ...new Uint8Array(Float32Array.of(value).buffer)],
  loadI32: (offset) => [0x28, 2, unsigned(offset)],
  load: (offset) => [0x2a, 2, unsigned(offset)],
  storeI32: (offset) => [0x36, 2, unsigned(offset)],
  store: (offset) => [0x38, 2, unsigned(offset)],
  load4: (offset) => [simd(0), 2, unsigned(offset)],
  store4: (offset) => [simd(11), 2, unsigned(offset)],
  smaller: simd(234),
  larger: simd(235),
  splat: simd(19),
  lane: (index) => [simd(31), index],
  repeat: (counter, step, end, body) => [
    [0x03, 0x40, body],
    [op.get(counter), op.i32(step), op.i32Add, 0x22, unsigned(counter), op.get(end)],
    [0x49, 0x0d, 0, 0x0b],
  ],
};

/** A function without results. */
export interface WasmFunction {
  readonly name: string;
  readonly parameters: readonly number[];
  /** Types of the further locals. */
  readonly locals: readonly number[];
  readonly body: Code;
}

/** A module that imports `env.memory` and exports the functions. */
export function assemble(functions: readonly WasmFunction[]): Uint8Array<ArrayBuffer> {
  const section = (id: number, code: Code): Code => [id, sized(code)];
  const name = (text: string): Code => sized([...new TextEncoder().encode(text)]);
  const types = functions.map(({ parameters }): Code => [0x60, vector(parameters.map((type) => [type])), 0]);
  const bodies = functions.map(({ locals, body }) =>
    sized([vector(locals.map((type): Code => [1, type])), body, 0x0b]),
  );
  return Uint8Array.from(
    flat([
      [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
      section(1, vector(types)),
      section(2, vector([[name("env"), name("memory"), 0x02, 0x00, 1]])),
      section(3, vector(functions.map((_, i) => unsigned(i)))),
      section(7, vector(functions.map((f, i): Code => [name(f.name), 0x00, unsigned(i)]))),
      section(10, vector(bodies)),
    ]),
  );
}
