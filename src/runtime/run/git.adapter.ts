/** @file What git knows of the working copy that runs: commit, branch, uncommitted changes. Absent git is an answer, not a fault. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/** The state of the working copy. */
export interface GitFacts {
  readonly commit: string;
  readonly branch: string;
  /** Changed or new files, as `git status --porcelain` lists them. */
  readonly changes: readonly string[];
}

const root = fileURLToPath(new URL("../../../", import.meta.url));

/** The short commit, with `+changes` when the working copy differs from it; `unknown` without git. */
export function currentCommit(): string {
  const facts = describeGit();
  if (facts === undefined) return "unknown";
  return facts.changes.length === 0 ? facts.commit : `${facts.commit}+changes`;
}

/** Commit, branch and changes; undefined when the program does not run from a git working copy. */
export function describeGit(): GitFacts | undefined {
  const commit = git("rev-parse", "--short=12", "HEAD");
  if (commit === undefined) return undefined;
  const changes = git("status", "--porcelain", "--untracked-files=normal") ?? "";
  return {
    commit,
    branch: git("rev-parse", "--abbrev-ref", "HEAD") ?? "unknown",
    changes: changes.split("\n").filter((line) => line !== ""),
  };
}

/** The uncommitted changes of tracked files as a patch; empty without git. */
export function gitDiff(): string {
  return git("diff", "HEAD") ?? "";
}

function git(...words: readonly string[]): string | undefined {
  const done = spawnSync("git", ["-C", root, ...words], { encoding: "utf8", maxBuffer: 64 * 2 ** 20 });
  return done.status === 0 ? done.stdout.trimEnd() : undefined;
}
