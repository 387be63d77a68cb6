/**
 * @file Exported versions of a stage: `exports/<kind>_models/<version>/` with `release.json`, and `latest.json`, which moves
 * only by promotion of a validated version. Invariant: a version's folder appears complete or not at all, and is never
 * written again; everything read from it is hashed first.
 */
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join, relative } from "node:path";
import { z } from "zod";
import { GrandModelError } from "../../runtime/errors.ts";
import { syncFolder, writeFileAtomic } from "../../runtime/files/atomic.adapter.ts";
import { sha256 } from "../../runtime/hash.adapter.ts";
import { type Release, type ReleaseKind, releaseSchema } from "./release-schema.ts";

/** A version on disk. */
export interface StoredRelease {
  readonly folder: string;
  readonly release: Release;
}

/** What verification found; no faults means that every byte is the one that was released. */
export interface Verification extends StoredRelease {
  readonly faults: readonly string[];
}

const latestSchema = z.strictObject({ version: z.string(), release: z.string().regex(/^[0-9a-f]{64}$/) });

/** `<workspace>/exports/<kind>_models`. */
export function releasesFolder(workspace: string, kind: ReleaseKind): string {
  return join(workspace, "exports", `${kind}_models`);
}

/**
 * Adds a version.
 * @param fill writes the files of the version into the folder that it is given
 */
export async function writeRelease(
  workspace: string,
  facts: Omit<Release, "files" | "schemaVersion">,
  fill: (folder: string) => Promise<void> | void,
): Promise<StoredRelease> {
  const root = releasesFolder(workspace, facts.kind);
  const folder = join(root, facts.version);
  const temporary = `${folder}.${process.pid}.partial`;
  rmSync(temporary, { recursive: true, force: true });
  mkdirSync(temporary, { recursive: true });
  await fill(temporary);
  const files = Object.fromEntries(filesIn(temporary).map((path) => [path, hashFile(join(temporary, path))]));
  const release: Release = { schemaVersion: 1, ...facts, files };
  writeFileAtomic(join(temporary, "release.json"), pretty(release));
  // A resumed run exports its version again: what stands there was made of the same bytes or of fewer updates.
  rmSync(folder, { recursive: true, force: true });
  renameSync(temporary, folder);
  syncFolder(root);
  return { folder, release };
}

/** All versions of a kind, oldest first. @throws GrandModelError `RELEASE_DAMAGED` */
export function listReleases(workspace: string, kind: ReleaseKind): readonly StoredRelease[] {
  const root = releasesFolder(workspace, kind);
  if (!existsSync(root)) return [];
  return readdirSync(root)
    .filter((name) => existsSync(join(root, name, "release.json")) && !name.endsWith(".partial"))
    .map((name) => ({ folder: join(root, name), release: readRelease(join(root, name)) }))
    .sort((a, b) => (a.release.createdAt < b.release.createdAt ? -1 : 1));
}

/** `release.json` of a folder. @throws GrandModelError `RELEASE_DAMAGED` */
export function readRelease(folder: string): Release {
  const file = join(folder, "release.json");
  const parsed = releaseSchema.safeParse(parse(file));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw damaged(file, `${issue?.path.join(".") ?? ""}: ${issue?.message ?? "no release"}`);
}

/** Hashes every file of a version. */
export function verifyRelease(stored: StoredRelease): Verification {
  const { folder, release } = stored;
  const present = new Set(filesIn(folder).filter((path) => path !== "release.json"));
  const faults: string[] = [];
  for (const [path, expected] of Object.entries(release.files)) {
    if (!present.delete(path)) faults.push(`${path} is missing`);
    else if (hashFile(join(folder, path)) !== expected) faults.push(`${path} has other bytes`);
  }
  for (const path of present) faults.push(`${path} is not listed`);
  return { ...stored, faults };
}

/** The promoted version of a kind, or undefined. @throws GrandModelError `RELEASE_DAMAGED` */
export function latestRelease(workspace: string, kind: ReleaseKind): StoredRelease | undefined {
  const root = releasesFolder(workspace, kind);
  const file = join(root, "latest.json");
  if (!existsSync(file)) return undefined;
  const parsed = latestSchema.safeParse(parse(file));
  if (!parsed.success) throw damaged(file, "no pointer to a version");
  const folder = join(root, parsed.data.version);
  if (hashFile(join(folder, "release.json")) !== parsed.data.release)
    throw damaged(file, `${parsed.data.version} has another release.json`);
  return { folder, release: readRelease(folder) };
}

/**
 * Makes a validated, verified version the latest.
 * @throws GrandModelError `RELEASE_UNKNOWN`, `RELEASE_DAMAGED`, `RELEASE_NOT_VALIDATED`
 */
export function promoteRelease(workspace: string, kind: ReleaseKind, version: string): StoredRelease {
  const all = listReleases(workspace, kind);
  const wanted = all.find(({ release }) => release.version === version);
  if (wanted === undefined) throw unknown(kind, version, all);
  const { faults } = verifyRelease(wanted);
  if (faults.length > 0) throw damaged(wanted.folder, faults.join("; "));
  const { status, reasons } = wanted.release;
  if (status !== "validated") {
    throw new GrandModelError({
      code: "RELEASE_NOT_VALIDATED",
      file: wanted.folder,
      value: `${status}: ${reasons.join("; ")}`,
      expected: "a validated version",
      hint: "Only a version that passed its gates out of sample becomes the latest; it can be used by its path.",
    });
  }
  const pointer = { version, release: hashFile(join(wanted.folder, "release.json")) };
  writeFileAtomic(join(releasesFolder(workspace, kind), "latest.json"), pretty(pointer));
  return wanted;
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
}

function hashFile(path: string): string {
  return existsSync(path) ? sha256(readFileSync(path)) : "";
}

function parse(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}

function pretty(value: object): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

function damaged(file: string, value: string): GrandModelError {
  return new GrandModelError(
    {
      code: "RELEASE_DAMAGED",
      file,
      value,
      expected: "the files that were released",
      hint: "Export the version again from its run; nothing is loaded from a damaged one.",
    },
    { class: "data" },
  );
}

function unknown(kind: ReleaseKind, version: string, all: readonly StoredRelease[]): GrandModelError {
  const names = all.map(({ release }) => release.version).join(", ");
  return new GrandModelError(
    {
      code: "RELEASE_UNKNOWN",
      value: version,
      expected: names === "" ? `a version of ${kind}; there is none yet` : `one of ${names}`,
      hint: "List them with: grandmodel exports list",
    },
    { class: "usage" },
  );
}
