/**
 * @file A table that grows by rows and is read by columns. Append-only: a branch of a run is undone by setting `length`
 * back, so that a snapshot of a run costs nothing for its history.
 */

interface ColumnTypes {
  readonly u8: Uint8Array;
  readonly i32: Int32Array;
  readonly f64: Float64Array;
}

/** Storage of each column by name. */
export type Layout<Name extends string> = { readonly [N in Name]: keyof ColumnTypes };

/** One row: a number for each column. */
export type Row<Name extends string> = { readonly [N in Name]: number };

/** Finished columns. */
export type ColumnTable<Name extends string> = { readonly length: number } & {
  readonly [N in Name]: Columns[string];
};

type Columns = Record<string, Uint8Array | Int32Array | Float64Array>;

const makers: { readonly [Kind in keyof ColumnTypes]: (n: number) => ColumnTypes[Kind] } = {
  u8: (n) => new Uint8Array(n),
  i32: (n) => new Int32Array(n),
  f64: (n) => new Float64Array(n),
};

/** A growing table; capacity doubles. */
export class ColumnLog<Name extends string> {
  length = 0;
  private readonly names: readonly Name[];
  private readonly layout: Layout<Name>;
  private capacity = 64;
  private columns: Columns;
  /** The columns in the order of `names`. */
  private lists: readonly Columns[string][];

  constructor(layout: Layout<Name>) {
    this.layout = layout;
    this.names = Object.keys(layout) as Name[];
    this.columns = this.allocate(this.capacity);
    this.lists = Object.values(this.columns);
  }

  append(row: Row<Name>): void {
    if (this.length === this.capacity) this.grow();
    const { names, lists } = this;
    for (let i = 0; i < names.length; i += 1) {
      const name = names[i];
      const list = lists[i];
      if (name !== undefined && list !== undefined) list[this.length] = row[name];
    }
    this.length += 1;
  }

  get(row: number, name: Name): number {
    return this.column(name)[row] ?? Number.NaN;
  }

  /** Changes one field of a row. */
  set(row: number, name: Name, value: number): void {
    this.column(name)[row] = value;
  }

  /** The rows so far as columns of their own. */
  toColumns(): ColumnTable<Name> {
    const copies = this.names.map((name) => [name, this.column(name).slice(0, this.length)] as const);
    return { ...Object.fromEntries(copies), length: this.length } as unknown as ColumnTable<Name>;
  }

  /** Replaces all rows by saved columns. */
  load(table: { readonly length: number } & { readonly [N in Name]: ArrayLike<number> }): void {
    while (this.capacity < table.length) this.capacity *= 2;
    this.columns = this.allocate(this.capacity);
    this.lists = Object.values(this.columns);
    for (const name of this.names) this.column(name).set(table[name]);
    this.length = table.length;
  }

  private column(name: Name): Columns[string] {
    const found = this.columns[name];
    if (found === undefined) throw new RangeError(`internal: no column ${name}`);
    return found;
  }

  private grow(): void {
    this.capacity *= 2;
    const larger = this.allocate(this.capacity);
    for (const name of this.names) larger[name]?.set(this.column(name));
    this.columns = larger;
    this.lists = Object.values(larger);
  }

  private allocate(n: number): Columns {
    return Object.fromEntries(this.names.map((name) => [name, makers[this.layout[name]](n)]));
  }
}
