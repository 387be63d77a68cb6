/**
 * @file The volume profile of a window of bars: volume by price, its moments, point of control, value area and
 * low-volume nodes. Bin edges are multiples of the bin width; positions here are counted in bins.
 *
 * Volumes that differ by less than a billionth of the peak are equal: bins covered by the same bars get the same volume but
 * for rounding, which must decide no tie. O(bars x bins a bar spans). All functions work on preallocated arrays. NaN policy: none enters, none is made (a
 * profile without volume has total 0 and its callers stop there).
 */

/** Positions closer than this to an edge, in bins, are on it. */
const edgeTolerance = 1e-7;
/** Volumes closer than this share of the peak are equal. */
const volumeTolerance = 1e-9;

/** A position in bins, moved onto an edge that it misses only by rounding. */
export function snapToEdge(position: number): number {
  const edge = Math.round(position);
  return Math.abs(position - edge) < edgeTolerance ? edge : position;
}

/**
 * Adds `volume` to the bins that `[low, high]` (positions in bins, relative to bin 0) overlaps, in proportion to the
 * overlap; a range without length goes to one bin.
 */
export function spreadVolume(bins: Float64Array, low: number, high: number, volume: number): void {
  const first = Math.floor(low);
  if (high <= low) {
    bins[first] = bins[first]! + volume;
    return;
  }
  const last = Math.ceil(high) - 1;
  if (last === first) {
    bins[first] = bins[first]! + volume;
    return;
  }
  const density = volume / (high - low);
  bins[first] = bins[first]! + density * (first + 1 - low);
  for (let i = first + 1; i < last; i += 1) bins[i] = bins[i]! + density;
  bins[last] = bins[last]! + density * (high - last);
}

/** What a profile adds up to; positions in bins (bin i is centred on i + 0.5). */
export interface ProfileSummary {
  total: number;
  mean: number;
  deviation: number;
  /** Volume-weighted skewness; 0 when the deviation is 0. */
  skew: number;
  /** Index of the point of control. */
  peak: number;
}

/** Moments and point of control of the first `n` bins, into `out`. Ties of the peak go to the bin nearest the mean. */
export function summarise(bins: Float64Array, n: number, out: ProfileSummary): void {
  let total = 0;
  let weighted = 0;
  for (let i = 0; i < n; i += 1) {
    total += bins[i]!;
    weighted += bins[i]! * (i + 0.5);
  }
  const mean = total > 0 ? weighted / total : 0;
  let second = 0;
  let third = 0;
  let largest = 0;
  for (let i = 0; i < n; i += 1) {
    const volume = bins[i]!;
    const d = i + 0.5 - mean;
    second += volume * d * d;
    third += volume * d * d * d;
    if (volume > largest) largest = volume;
  }
  const deviation = total > 0 ? Math.sqrt(second / total) : 0;
  out.total = total;
  out.mean = mean;
  out.deviation = deviation;
  out.skew = deviation > 0 ? third / (total * deviation * deviation * deviation) : 0;
  out.peak = peakNearest(bins, n, largest, mean);
}

/** Of the bins with the largest volume, the one nearest to the mean; the lower of two. */
function peakNearest(bins: Float64Array, n: number, largest: number, mean: number): number {
  const floor = largest * (1 - volumeTolerance);
  let peak = -1;
  for (let i = 0; i < n; i += 1) {
    if (bins[i]! < floor) continue;
    const nearer = Math.abs(i + 0.5 - mean) < Math.abs(peak + 0.5 - mean) - edgeTolerance;
    if (peak < 0 || nearer) peak = i;
  }
  return peak;
}

/** A run of bins and its volume. */
export interface ValueArea {
  low: number;
  high: number;
  volume: number;
}

/** Grows from the peak by the larger neighbour (tie: upper) until `fraction` of the total is inside. */
export function valueArea(
  bins: Float64Array,
  n: number,
  peak: number,
  total: number,
  fraction: number,
  out: ValueArea,
): void {
  const tolerance = volumeTolerance * bins[peak]!;
  let low = peak;
  let high = peak;
  let volume = bins[peak]!;
  while (volume < fraction * total - tolerance && (low > 0 || high < n - 1)) {
    const above = high < n - 1 ? bins[high + 1]! : -1;
    const below = low > 0 ? bins[low - 1]! : -1;
    if (above >= below - tolerance) {
      high += 1;
      volume += above;
    } else {
      low -= 1;
      volume += below;
    }
  }
  out.low = low;
  out.high = high;
  out.volume = volume;
}

/**
 * Low-volume nodes: strict local minima of the 3-bin moving average, strictly inside the profile, in bins with less
 * than `fraction` of the peak's volume; of nodes closer than `merge` bins the lowest stays. Writes bin indices in
 * ascending order and returns their number. `smoothed` is scratch of at least `n` numbers.
 */
export function lowVolumeNodes(
  bins: Float64Array,
  n: number,
  peakVolume: number,
  fraction: number,
  merge: number,
  smoothed: Float64Array,
  nodes: Int32Array,
): number {
  for (let i = 1; i < n - 1; i += 1) smoothed[i] = (bins[i - 1]! + bins[i]! + bins[i + 1]!) / 3;
  if (n > 1) {
    smoothed[0] = (bins[0]! + bins[1]!) / 2;
    smoothed[n - 1] = (bins[n - 2]! + bins[n - 1]!) / 2;
  }
  const ceiling = fraction * peakVolume;
  const margin = volumeTolerance * peakVolume;
  let count = 0;
  for (let i = 1; i < n - 1; i += 1) {
    const below = smoothed[i]! + margin;
    if (!(below < smoothed[i - 1]! && below < smoothed[i + 1]! && bins[i]! + margin < ceiling)) continue;
    if (count > 0 && i - nodes[count - 1]! < merge) {
      if (bins[i]! < bins[nodes[count - 1]!]!) nodes[count - 1] = i;
    } else {
      nodes[count] = i;
      count += 1;
    }
  }
  return count;
}
