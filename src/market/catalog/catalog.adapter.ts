/**
 * @file The bar catalog: Parquet files by instrument and bar size, each dataset with its provenance, read through DuckDB.
 *
 * Layout: `<catalog>/<symbol>/<minutes>m/<id>/part-00000.parquet`, `manifest.json`, `rejected.csv`. Parts are written
 * beside their place, flushed and renamed; the manifest comes last and is the commit. Hence an import is atomic (killed, it
 * leaves the catalog as it was), idempotent (the id is the hash of content and reading: the second import finds it done)
 * and resumable (whole parts of an interrupted import are kept). One importer at a time by a lock; readers need none.
 */
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from "node:fs";
import { dirname, join } from "node:path";
import type { Clock } from "../../runtime/clock.ts";
import { systemClock } from "../../runtime/clock.adapter.ts";
import { syncFolder, writeFileAtomic } from "../../runtime/files/atomic.adapter.ts";
import { acquireLock } from "../../runtime/files/lock.adapter.ts";
import { hashJson, sha256 } from "../../runtime/hash.adapter.ts";
import type { Json } from "../../runtime/json.ts";
import type { BarSeries } from "../bars.ts";
import { isGrandModelError } from "../../runtime/errors.ts";
import { marketError } from "../issues.ts";
import { type DuckEngine, openDuck } from "./duckdb.adapter.ts";
import { columnsOfBars } from "./stored-columns.ts";
import { type DatasetManifest, type DatasetPart, manifestSchema } from "./manifest.ts";

/** Rows of one Parquet part. */
const partRows = 1_000_000;
/** Part of every id: a change of reading rules makes new datasets. */
const readingVersion = "1";

/** What is stored beside the bars. */
export interface DatasetOrigin {
  readonly source: DatasetManifest["source"];
  /** Options that decide how the source is read. */
  readonly options: { readonly [key: string]: Json };
  readonly report?: DatasetManifest["report"];
  /** Lines of the rejected rows, `line,reasons`. */
  readonly rejected?: readonly string[];
}

/** Progress of a store: rows written of rows to write. */
export type StoreProgress = (done: number, total: number) => void;

/** Opens (and makes) a catalog folder. */
export function openCatalog(folder: string, clock: Clock = systemClock, version = "0"): Catalog {
  return new Catalog(folder, clock, version);
}

/** A folder of datasets. */
export class Catalog {
  readonly folder: string;
  private readonly clock: Clock;
  private readonly version: string;

  constructor(folder: string, clock: Clock, version: string) {
    this.folder = folder;
    this.clock = clock;
    this.version = version;
  }

  /** Id of the dataset that a source would have. */
  static idOf(origin: Pick<DatasetOrigin, "source" | "options">): string {
    return hashJson({
      reading: readingVersion,
      sha256: origin.source.sha256,
      kind: origin.source.kind,
      ...origin.options,
    }).slice(0, 16);
  }

  /** All committed datasets, by symbol, bar size and first bar. @throws GrandModelError `CATALOG_DAMAGED`. */
  list(): readonly DatasetManifest[] {
    if (!existsSync(this.folder)) return [];
    const found = readdirSync(this.folder, { recursive: true, encoding: "utf8" })
      .filter((path) => path.endsWith("manifest.json"))
      .map((path) => readManifest(join(this.folder, path)));
    return found.sort(
      (a, b) => a.symbol.localeCompare(b.symbol) || a.intervalMs - b.intervalMs || a.firstMs - b.firstMs,
    );
  }

  /** The dataset of an id, if it is committed. */
  find(id: string): DatasetManifest | undefined {
    return this.list().find((manifest) => manifest.id === id);
  }

  /** Folder of a dataset. */
  folderOf(dataset: Pick<DatasetManifest, "symbol" | "intervalMs" | "id">): string {
    return join(this.folder, safeName(dataset.symbol), `${dataset.intervalMs / 60_000}m`, dataset.id);
  }

  /**
   * Stores prepared bars. A dataset that is there already is returned as it is.
   * @throws GrandModelError `RUN_LOCKED` while another process imports.
   */
  async store(bars: BarSeries, origin: DatasetOrigin, progress?: StoreProgress): Promise<DatasetManifest> {
    const id = Catalog.idOf(origin);
    mkdirSync(this.folder, { recursive: true });
    using _lock = acquireLock(join(this.folder, ".lock"), "the catalog");
    const known = this.find(id);
    if (known !== undefined) return known;
    const folder = this.folderOf({ symbol: bars.symbol, intervalMs: bars.intervalMs, id });
    mkdirSync(folder, { recursive: true });
    removePartials(folder);
    using engine = await openDuck();
    const parts: DatasetPart[] = [];
    for (let from = 0; from < bars.length || parts.length === 0; from += partRows) {
      const to = Math.min(from + partRows, bars.length);
      parts.push(await storePart(engine, bars, folder, parts.length, from, to));
      progress?.(to, bars.length);
    }
    if (origin.rejected !== undefined && origin.rejected.length > 0) {
      writeFileAtomic(join(folder, "rejected.csv"), `line,reasons\n${origin.rejected.join("\n")}\n`);
    }
    const manifest: DatasetManifest = {
      schemaVersion: 1,
      id,
      symbol: bars.symbol,
      intervalMs: bars.intervalMs,
      dataSource: bars.dataSource,
      rows: bars.length,
      firstMs: bars.t[0] ?? 0,
      lastMs: bars.t[bars.length - 1] ?? 0,
      parts,
      source: origin.source,
      options: JSON.stringify(origin.options),
      importedAt: new Date(this.clock.nowMs()).toISOString(),
      version: this.version,
      ...(origin.report === undefined ? {} : { report: origin.report }),
    };
    writeFileAtomic(join(folder, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
    return manifest;
  }

  /**
   * The one dataset of a symbol and bar size, or the one with the given id (or start of it).
   * @throws GrandModelError `NOT_IN_CATALOG` when there is none or more than one, with what there is.
   */
  choose(wanted: {
    readonly symbol: string;
    readonly intervalMs?: number;
    readonly id?: string;
  }): DatasetManifest {
    const all = this.list();
    const matching = all.filter(
      (one) =>
        one.symbol === wanted.symbol &&
        (wanted.intervalMs === undefined || one.intervalMs === wanted.intervalMs) &&
        (wanted.id === undefined || one.id.startsWith(wanted.id)),
    );
    const [only, second] = matching;
    if (only !== undefined && second === undefined) return only;
    const listed = (matching.length > 0 ? matching : all).map(
      (one) => `${one.symbol} ${one.intervalMs / 60_000}m ${one.id}`,
    );
    throw marketError({
      code: "NOT_IN_CATALOG",
      file: this.folder,
      value: `${wanted.symbol}${wanted.intervalMs === undefined ? "" : ` ${wanted.intervalMs / 60_000}m`}`,
      expected:
        listed.length === 0 ? "a dataset; the catalog is empty" : `one dataset of: ${listed.join("; ")}`,
      hint:
        matching.length > 1
          ? "Name one with --interval or --dataset."
          : "Import a file first: grandmodel data import FILE.",
    });
  }

  /** Hashes every part of a dataset against its manifest. @throws GrandModelError `CATALOG_DAMAGED` with the file. */
  verify(dataset: DatasetManifest): void {
    for (const part of dataset.parts) {
      const path = join(this.folderOf(dataset), part.file);
      if (!existsSync(path) || sha256(readFileSync(path)) !== part.sha256) throw damaged(path);
    }
  }

  /** Removes a dataset: the manifest first, so that a crash leaves nothing half there. */
  remove(dataset: DatasetManifest): void {
    const folder = this.folderOf(dataset);
    rmSync(join(folder, "manifest.json"));
    rmSync(folder, { recursive: true, force: true });
  }
}

function damaged(path: string, cause?: unknown): Error {
  return marketError(
    {
      code: "CATALOG_DAMAGED",
      file: path,
      expected: "the content that the manifest records",
      hint: `Remove the folder ${dirname(path)} and import the file again.`,
    },
    cause,
  );
}

function readManifest(path: string): DatasetManifest {
  try {
    return manifestSchema.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch (cause) {
    if (isGrandModelError(cause)) throw cause;
    throw damaged(path, cause);
  }
}

/** Writes one part, or keeps the whole part that an interrupted import of the same dataset left. */
async function storePart(
  engine: DuckEngine,
  bars: BarSeries,
  folder: string,
  index: number,
  from: number,
  to: number,
): Promise<DatasetPart> {
  const file = `part-${String(index).padStart(5, "0")}.parquet`;
  const path = join(folder, file);
  if (!existsSync(path)) {
    const partial = `${path}.partial`;
    await engine.writeParquet(columnsOfBars(bars), from, to, partial);
    flushFile(partial);
    renameSync(partial, path);
    syncFolder(folder);
  }
  return { file, rows: to - from, sha256: sha256(readFileSync(path)) };
}

function flushFile(path: string): void {
  const file = openSync(path, "r+");
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function removePartials(folder: string): void {
  for (const file of readdirSync(folder)) if (file.endsWith(".partial")) rmSync(join(folder, file));
}

/** A symbol as folder name: letters, digits, dot and dash; anything else becomes its code. */
function safeName(symbol: string): string {
  const name = symbol.replaceAll(/[^A-Za-z0-9.-]/g, (char) => `_${char.codePointAt(0)?.toString(16) ?? ""}`);
  return name.startsWith(".") ? `_${name}` : name;
}
