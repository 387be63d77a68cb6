/** @file Columns that grow: where accepted rows land before they become a `BarSeries`. */

/** t, o, h, l, c, v of accepted bars. */
export class BarColumns {
  length = 0;
  t: Float64Array;
  o: Float64Array;
  h: Float64Array;
  l: Float64Array;
  c: Float64Array;
  v: Float64Array;

  /** @param capacity bars to make room for at first; doubles when full. */
  constructor(capacity: number) {
    this.t = new Float64Array(capacity);
    this.o = new Float64Array(capacity);
    this.h = new Float64Array(capacity);
    this.l = new Float64Array(capacity);
    this.c = new Float64Array(capacity);
    this.v = new Float64Array(capacity);
  }

  push(t: number, o: number, h: number, l: number, c: number, v: number): void {
    const at = this.length;
    if (at === this.t.length) this.grow();
    this.t[at] = t;
    this.o[at] = o;
    this.h[at] = h;
    this.l[at] = l;
    this.c[at] = c;
    this.v[at] = v;
    this.length = at + 1;
  }

  /** The bars so far, which are handed over: the columns begin anew with room for `capacity` bars. */
  take(capacity: number): Pick<BarColumns, "length" | "t" | "o" | "h" | "l" | "c" | "v"> {
    const length = this.length;
    const { t, o, h, l, c, v } = this;
    this.length = 0;
    this.t = new Float64Array(capacity);
    this.o = new Float64Array(capacity);
    this.h = new Float64Array(capacity);
    this.l = new Float64Array(capacity);
    this.c = new Float64Array(capacity);
    this.v = new Float64Array(capacity);
    const cut = (column: Float64Array): Float64Array => column.subarray(0, length);
    return { length, t: cut(t), o: cut(o), h: cut(h), l: cut(l), c: cut(c), v: cut(v) };
  }

  private grow(): void {
    const grown = (column: Float64Array): Float64Array => {
      const next = new Float64Array(Math.max(1024, column.length * 2));
      next.set(column);
      return next;
    };
    this.t = grown(this.t);
    this.o = grown(this.o);
    this.h = grown(this.h);
    this.l = grown(this.l);
    this.c = grown(this.c);
    this.v = grown(this.v);
  }
}
