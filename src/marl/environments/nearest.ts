/** @file The known name that is nearest to a mistyped one, by edit distance (Levenshtein 1966). */

/** Ties go to the earlier name. @throws RangeError when there are no names. */
export function nearest(typed: string, names: readonly string[]): string {
  const [first, ...rest] = names;
  if (first === undefined) throw new RangeError("internal: no names to choose from");
  const distance = (name: string): number => editDistance(typed.toLowerCase(), name.toLowerCase());
  return rest.reduce((best, name) => (distance(name) < distance(best) ? name : best), first);
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
