/**
 * @file Quantiles of any number of values in constant memory: counts in bins of equal ratio, 1024 to each doubling.
 *
 * A bin is the exponent and the first ten bits of the mantissa, so a quantile is off by at most 1/2048 of itself. Values below
 * 2^-40 (zero too) and above 2^40 share the outermost bins; negative ones are not for this.
 */

const octaves = 80;
const binsPerOctave = 1024;
const lowest = 2 ** -40;
/** Value of a bin with nothing below it: zero and what is too small to matter. */
const nothing = 0;

/** Counts values and tells their quantiles. */
export class QuantileSketch {
  private readonly counts: Uint32Array = new Uint32Array(octaves * binsPerOctave + 1);
  private readonly bits: Float64Array = new Float64Array(1);
  private readonly words: Uint32Array = new Uint32Array(this.bits.buffer);
  private total = 0;

  add(value: number): void {
    this.total += 1;
    const bin = this.binOf(value);
    this.counts[bin] = (this.counts[bin] ?? 0) + 1;
  }

  /** The value below which a share `q` of all values lies; 0 without values. */
  quantile(q: number): number {
    let rank = Math.round((this.total - 1) * q);
    for (let bin = 0; bin < this.counts.length; bin++) {
      rank -= this.counts[bin] ?? 0;
      if (rank < 0) return middleOf(bin);
    }
    return nothing;
  }

  private binOf(value: number): number {
    if (!(value >= lowest)) return 0;
    this.bits[0] = value;
    const high = this.words[1] ?? 0;
    const exponent = (high >>> 20) - 1023 + 40;
    const bin = 1 + exponent * binsPerOctave + ((high >>> 10) & (binsPerOctave - 1));
    return Math.min(bin, this.counts.length - 1);
  }
}

function middleOf(bin: number): number {
  if (bin === 0) return nothing;
  const octave = Math.floor((bin - 1) / binsPerOctave);
  const within = (bin - 1) % binsPerOctave;
  return lowest * 2 ** octave * (1 + (within + 0.5) / binsPerOctave);
}
