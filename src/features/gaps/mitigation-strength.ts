/** @file How much a mitigation is worth: depth, promptness, volume and youth of the gap. */

/** 0.4 depth + 0.3 max(0, 1 - bars/20) + 0.2 min(volume ratio/2, 1) + 0.1 max(0, 1 - age/50), in [0, 1]. */
export function mitigationStrength(depth: number, age: number, volumeRatio: number): number {
  const promptness = Math.max(0, 1 - age / 20);
  const youth = Math.max(0, 1 - age / 50);
  return Math.min(
    1,
    0.4 * Math.min(depth, 1) + 0.3 * promptness + 0.2 * Math.min(volumeRatio / 2, 1) + 0.1 * youth,
  );
}
