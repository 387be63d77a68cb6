/**
 * @file A hash of the code that a measurement follows from, so that a stored result is used only by the code that made it: the
 * module that measures, every file that it reaches by relative imports, and the lock file of the packages.
 */
import { existsSync, readFileSync } from "node:fs";
import { sha256 } from "../../src/runtime/hash.adapter.ts";

const lockFile = new URL("../../package-lock.json", import.meta.url);
/** Imports, exports, and workers named by `new URL("./x.ts", import.meta.url)`. */
const relativePath = /"(\.{1,2}\/[^"]+\.ts)"/g;
const known = new Map<string, string>();

/** @param entry `import.meta.url` of the module that measures @param lock hashed too, where it exists */
export function sourcesHash(entry: string, lock: URL = lockFile): string {
  const stored = known.get(entry);
  if (stored !== undefined) return stored;
  const texts = new Map<string, string>();
  reach(entry, texts);
  const files = [...texts.values()].sort();
  const hash = sha256(
    ...(existsSync(lock) ? [readFileSync(lock)] : []),
    ...files.map((text) => sha256(text)),
  );
  known.set(entry, hash);
  return hash;
}

function reach(url: string, texts: Map<string, string>): void {
  if (texts.has(url) || !existsSync(new URL(url))) return;
  const text = readFileSync(new URL(url), "utf8");
  texts.set(url, text);
  for (const [, path = ""] of text.matchAll(relativePath)) reach(new URL(path, url).href, texts);
}
