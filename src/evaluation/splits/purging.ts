/**
 * @file Purging: training labels whose span touches the test span are dropped.
 * Source: Lopez de Prado, "Advances in Financial Machine Learning" (2018), section 7.4.1.
 */

/** A closed interval of rows (or of times): the first and last observation that a label depends on. */
export interface Span {
  readonly first: number;
  readonly last: number;
}

/** Indices of the labels that do not intersect the closed test interval. */
export function purgedTrainingRows(labels: readonly Span[], test: Span): number[] {
  return Array.from(labels.keys()).filter((i) => {
    const label = labels[i];
    return label !== undefined && (label.last < test.first || label.first > test.last);
  });
}
