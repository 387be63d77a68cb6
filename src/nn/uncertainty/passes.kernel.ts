/**
 * @file What T dropout passes say about one decision (networks.md, section 6). Float64 inside, natural logarithms.
 * Total = H(mean p), aleatoric = mean H(p), epistemic = total - aleatoric: the mutual information between action and
 * weights (Depeweg et al., ICML 2018), at least 0 because H is concave; what rounding leaves below is set to 0.
 * R-hat compares four quarters of the passes as chains (Gelman, Rubin 1992). Complexity: O(T n).
 */

/** p_t of several rows (agents): [T, rows, n], row-major. */
export interface Passes {
  readonly probabilities: Float32Array;
  /** T that count; the array may be longer. */
  readonly count: number;
  readonly rows: number;
  readonly actions: number;
}

export interface UncertaintyMetrics {
  /** T. */
  readonly passes: number;
  /** argmax of `mean`, the first among equals. */
  readonly action: number;
  /** pbar, the mean of the probabilities (never the softmax of mean logits). */
  readonly mean: Float64Array;
  /** Standard deviation of each action's probability over the passes. */
  readonly deviation: Float64Array;
  /** U = H(pbar). */
  readonly total: number;
  /** mean H(p_t). */
  readonly aleatoric: number;
  /** MI = U - aleatoric. */
  readonly epistemic: number;
  /** 1 - share of the most frequent argmax. */
  readonly variationRatio: number;
  /** Share of passes whose argmax is `action`. */
  readonly agreement: number;
  /** Of pbar[action]: deviation / sqrt(T). */
  readonly standardError: number;
  /** Of pbar[action] over four quarters; infinite below eight passes. */
  readonly rhat: number;
  /** 1 - U / ln n. */
  readonly confidence: number;
  /** Share of passes with p_t[action] >= the threshold. */
  readonly aboveThreshold: number;
  /** Share of passes whose p_t[action] lies beyond three standard deviations. */
  readonly outliers: number;
}

/** @param threshold tau, what `aboveThreshold` counts against */
export function uncertaintyOf(passes: Passes, row: number, threshold: number): UncertaintyMetrics {
  const { actions, count, probabilities, rows } = passes;
  const mean = new Float64Array(actions);
  const squares = new Float64Array(actions);
  const wins = new Int32Array(actions);
  const stride = rows * actions;
  let aleatoric = 0;
  for (let t = 0; t < count; t += 1) {
    const start = t * stride + row * actions;
    let best = 0;
    for (let a = 0; a < actions; a += 1) {
      const p = probabilities[start + a]!;
      mean[a]! += p;
      squares[a]! += p * p;
      if (p > 0) aleatoric -= p * Math.log(p);
      if (p > probabilities[start + best]!) best = a;
    }
    wins[best]! += 1;
  }
  aleatoric /= count;
  let action = 0;
  let total = 0;
  let mostWins = 0;
  for (let a = 0; a < actions; a += 1) {
    mean[a]! /= count;
    // The square root of the variance, whose rounding may be negative.
    squares[a] = Math.sqrt(Math.max(0, squares[a]! / count - mean[a]! * mean[a]!));
    if (mean[a]! > 0) total -= mean[a]! * Math.log(mean[a]!);
    if (mean[a]! > mean[action]!) action = a;
    if (wins[a]! > mostWins) mostWins = wins[a]!;
  }
  const centre = mean[action]!;
  const deviation = squares[action]!;
  const column = row * actions + action;
  return {
    passes: count,
    action,
    mean,
    deviation: squares,
    total,
    aleatoric,
    epistemic: Math.max(0, total - aleatoric),
    variationRatio: 1 - mostWins / count,
    agreement: wins[action]! / count,
    standardError: deviation / Math.sqrt(count),
    rhat: quarterRhat(probabilities, column, stride, count),
    confidence: 1 - total / Math.log(actions),
    aboveThreshold: shareOutside(probabilities, column, stride, count, -Infinity, threshold),
    outliers: shareOutside(
      probabilities,
      column,
      stride,
      count,
      centre - 3 * deviation,
      centre + 3 * deviation,
    ),
  };
}

/** Share of values below `low` or at least `high`; a value without spread is never outside its own mean. */
function shareOutside(
  values: Float32Array,
  column: number,
  stride: number,
  count: number,
  low: number,
  high: number,
): number {
  if (low === high) return 0;
  let outside = 0;
  for (let t = 0; t < count; t += 1) {
    const value = values[t * stride + column]!;
    if (value < low || value >= high) outside += 1;
  }
  return outside / count;
}

function quarterRhat(values: Float32Array, column: number, stride: number, count: number): number {
  const length = Math.floor(count / 4);
  if (length < 2) return Infinity;
  let within = 0;
  let sumOfMeans = 0;
  let squaresOfMeans = 0;
  for (let chain = 0; chain < 4; chain += 1) {
    let sum = 0;
    for (let t = 0; t < length; t += 1) sum += values[(chain * length + t) * stride + column]!;
    const mean = sum / length;
    let squares = 0;
    for (let t = 0; t < length; t += 1) {
      const distance = values[(chain * length + t) * stride + column]! - mean;
      squares += distance * distance;
    }
    within += squares / (length - 1) / 4;
    sumOfMeans += mean;
    squaresOfMeans += mean * mean;
  }
  const between = Math.max(0, (squaresOfMeans - (sumOfMeans * sumOfMeans) / 4) / 3);
  // Float32 passes that differ by rounding only have converged.
  if (within < 1e-14) return between < 1e-14 ? 1 : Infinity;
  return Math.sqrt((length - 1) / length + between / within);
}
