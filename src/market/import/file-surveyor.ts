/** @file One pass over the rows of a file: its dialect, the evidence of its stamps, and on request the parsed rows. */
import { marketError } from "../issues.ts";
import { type Dialect, type DialectOptions, readDialect } from "./dialect.ts";
import type { ImportOptions } from "./import-options.ts";
import type { DateOrder } from "./presets.ts";
import { RowReader } from "./row-reader.ts";
import type { RowBlock, RowCursor } from "./rows.kernel.ts";
import { StampSurvey } from "./survey.ts";
import { refuseTicks } from "./tick-files.ts";

/** Everything that one pass over the rows found. */
export interface SurveyedFile {
  readonly file: string;
  readonly dialect: Dialect;
  readonly survey: StampSurvey;
  readonly cursor: RowCursor;
  readonly blocks: readonly RowBlock[];
}

/** Makes the pass: push chunks, then `finish`. */
export class FileSurveyor {
  private readonly file: string;
  private readonly survey: StampSurvey;
  private readonly blocks: RowBlock[] = [];
  private readonly reader: RowReader;

  /**
   * @param retain keeps the parsed rows for judging; without it only the evidence is kept.
   * @param reading order under which slashed dates are read while surveying.
   */
  constructor(file: string, options: ImportOptions, retain: boolean, reading: DateOrder = "day-first") {
    refuseTicks(file);
    this.file = file;
    this.survey = new StampSurvey(reading);
    this.reader = new RowReader({
      file,
      dialectOf: (head) => readDialect(head, dialectOptions(file, options)),
      onBlock: (block) => {
        this.survey.add(block);
        if (retain) this.blocks.push(block);
      },
      retain,
    });
  }

  push(chunk: Uint8Array): void {
    this.reader.push(chunk);
  }

  /** The dialect, once enough was read. */
  get dialect(): Dialect | undefined {
    return this.reader.dialect;
  }

  /** @throws GrandModelError of the dialect. */
  finish(): SurveyedFile {
    this.reader.finish();
    const dialect = this.reader.dialect;
    if (dialect === undefined) throw empty(this.file);
    return { file: this.file, dialect, survey: this.survey, cursor: this.reader.cursor, blocks: this.blocks };
  }
}

/** Options of the dialect, with the date that a file's name carries (`20200106_es_minute_trade.csv`). */
export function dialectOptions(file: string, options: ImportOptions): DialectOptions {
  const date = /(?:^|\/)(\d{4})(\d{2})(\d{2})_/.exec(file);
  return {
    file,
    ...(options.preset === undefined ? {} : { preset: options.preset }),
    ...(options.contract === undefined ? {} : { contract: options.contract }),
    ...(date === null ? {} : { midnightMs: Date.UTC(Number(date[1]), Number(date[2]) - 1, Number(date[3])) }),
  };
}

function empty(file: string): Error {
  return marketError({
    code: "TOO_SHORT",
    file,
    expected: "rows of bars",
    hint: "The file is empty: check the download or the export.",
  });
}
