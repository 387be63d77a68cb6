/**
 * @file Chunks of bytes in, blocks of parsed rows out: holds back the last, cut line of each chunk.
 *
 * The dialect is read from the first 64 KiB before any row is parsed. Memory: one chunk, one cut line, one block.
 */
import { marketError } from "../issues.ts";
import type { Dialect } from "./dialect.ts";
import { allocateRows, parseRows, type RowBlock, type RowCursor } from "./rows.kernel.ts";

/** Bytes from which the dialect is read. */
const headBytes = 65_536;
/** Longest line; a longer one means that the file is no text. */
const longestLine = 1 << 20;
/** Rows of a block. */
const blockRows = 16_384;

/** What a reader is told. */
export interface RowReaderOptions {
  readonly file: string;
  readonly dialectOf: (head: string) => Dialect;
  /** Called with every full block and with the last one. */
  readonly onBlock: (block: RowBlock, dialect: Dialect) => void;
  /** True when the receiver keeps the blocks; else one block is used again and again. */
  readonly retain: boolean;
}

/** Push parser of delimited text. */
export class RowReader {
  readonly cursor: RowCursor;
  private readonly options: RowReaderOptions;
  private dialectRead: Dialect | undefined;
  private carry: Uint8Array = new Uint8Array(0);
  private block: RowBlock | undefined;

  constructor(options: RowReaderOptions) {
    this.options = options;
    this.cursor = { position: 0, line: 1, padded: 0, unpadded: 0, otherSymbol: 0 };
  }

  /** The dialect, once known. */
  get dialect(): Dialect | undefined {
    return this.dialectRead;
  }

  /** Takes the next bytes of the file. @throws GrandModelError of the dialect, or `FILE_FORMAT` for binary data. */
  push(chunk: Uint8Array): void {
    const bytes = this.carry.length === 0 ? chunk : joinBytes(this.carry, chunk);
    if (this.dialectRead === undefined && bytes.length < headBytes) {
      this.carry = bytes === chunk ? chunk.slice() : bytes;
      return;
    }
    const end = endOfLines(bytes);
    if (bytes.length - end > longestLine) throw this.notText();
    this.consume(bytes, end);
    this.carry = bytes.slice(end);
  }

  /** Parses what is left; call once, after the last `push`. */
  finish(): void {
    const rest = this.carry;
    this.carry = new Uint8Array(0);
    this.consume(rest, rest.length);
    if (this.block !== undefined && this.block.rows > 0 && this.dialectRead !== undefined) {
      this.emit(this.block, this.dialectRead);
    }
  }

  private consume(bytes: Uint8Array, end: number): void {
    const dialect = this.dialectRead ?? this.start(bytes, end);
    const cursor = this.cursor;
    while (cursor.position < end) {
      // A row has at least 8 bytes, so small files get small blocks.
      this.block ??= allocateRows(Math.min(blockRows, ((end - cursor.position) >> 3) + 1));
      parseRows(bytes, end, dialect.layout, this.block, cursor);
      if (this.block.rows === this.block.capacity) this.emit(this.block, dialect);
    }
    cursor.position -= end;
  }

  private emit(block: RowBlock, dialect: Dialect): void {
    this.options.onBlock(block, dialect);
    if (this.options.retain) this.block = undefined;
    else block.rows = 0;
  }

  /** Reads the dialect and steps over the header. */
  private start(bytes: Uint8Array, end: number): Dialect {
    const head = bytes.subarray(0, Math.min(end, headBytes));
    if (head.includes(0)) throw this.notText();
    const dialect = this.options.dialectOf(new TextDecoder().decode(head));
    this.dialectRead = dialect;
    const cursor = this.cursor;
    while (cursor.line < dialect.firstLine && cursor.position < end) {
      while (cursor.position < end && bytes[cursor.position] !== 10 && bytes[cursor.position] !== 13)
        cursor.position += 1;
      if (bytes[cursor.position] === 13 && bytes[cursor.position + 1] === 10) cursor.position += 1;
      cursor.position += 1;
      cursor.line += 1;
    }
    return dialect;
  }

  private notText(): Error {
    return marketError({
      code: "FILE_FORMAT",
      file: this.options.file,
      expected: "delimited text, or a file type named by its ending",
      hint: "The content is binary: import .csv, .csv.gz, .zip, .json or .parquet.",
    });
  }
}

function joinBytes(a: Uint8Array, b: Uint8Array): Uint8Array {
  const joined = new Uint8Array(a.length + b.length);
  joined.set(a);
  joined.set(b, a.length);
  return joined;
}

/** Position after the last complete line. */
function endOfLines(bytes: Uint8Array): number {
  const newline = bytes.lastIndexOf(10);
  return newline >= 0 ? newline + 1 : bytes.lastIndexOf(13) + 1;
}
