/** @file `grandmodel exports`: versions of trained stages, verified and promoted. */
import type { Command } from "commander";
import { z } from "zod";
import { renderColumns } from "../columns.ts";
import { addCommand, addGroup } from "../command.ts";
import { releaseKinds } from "../releases/release-schema.ts";
import { workspaceFlag } from "./status.ts";

const workspace = z.string().default(".");

/** Adds `exports list`, `verify`, `promote`. */
export function addExports(program: Command): void {
  const group = addGroup(program, "exports", "Exported versions of the stages: list, verify, promote");
  addList(group);
  addVerify(group);
  addPromote(group);
}

function addList(group: Command): void {
  addCommand(group, {
    usage: "list",
    summary: "List exported versions with their origin and verdict; * marks the latest",
    examples: [
      { line: "exports list", does: "strategic and tactical versions, oldest first" },
      { line: "exports list --json", does: "every release.json as one document" },
    ],
    options: [workspaceFlag],
    schema: z.strictObject({ workspace }),
    plan: async (input) => ({ will: { reads: `${input.workspace}/exports` } }),
    run: async (input, { output }) => {
      const { latestRelease, listReleases } = await import("../releases/release-folder.ts");
      const rows: string[][] = [];
      const documents = [];
      for (const kind of releaseKinds) {
        const latest = latestRelease(input.workspace, kind)?.release.version;
        for (const { folder, release } of listReleases(input.workspace, kind)) {
          const mark = release.version === latest ? "*" : " ";
          rows.push([mark, kind, release.version, release.dataSource, release.status, folder]);
          documents.push({ ...release, folder, latest: release.version === latest });
        }
      }
      const text =
        rows.length === 0 ? "nothing is exported yet; grandmodel run exports" : renderColumns(rows);
      output.result({ kind: "exports", releases: JSON.parse(JSON.stringify(documents)) as [] }, text);
    },
  });
}

function addVerify(group: Command): void {
  addCommand(group, {
    usage: "verify",
    summary: "Hash every file of every version; exit 1 when one differs",
    examples: [
      { line: "exports verify", does: "says which versions are what was released" },
      { line: "exports verify --workspace shared --json", does: "the same for another folder, as JSON" },
    ],
    options: [workspaceFlag],
    schema: z.strictObject({ workspace }),
    plan: async (input) => ({ will: { reads: `${input.workspace}/exports` } }),
    run: async (input, { output }) => {
      const { listReleases, verifyRelease } = await import("../releases/release-folder.ts");
      const all = releaseKinds.flatMap((kind) => listReleases(input.workspace, kind)).map(verifyRelease);
      const rows = all.map(({ release, faults }) => [
        release.kind,
        release.version,
        faults.length === 0 ? `${Object.keys(release.files).length} files hold` : faults.join("; "),
      ]);
      const documents = all.map(({ folder, faults }) => ({ folder, faults: [...faults] }));
      const sound = all.every(({ faults }) => faults.length === 0);
      output.result(
        { kind: "exports-verification", sound, versions: documents },
        rows.length === 0 ? "nothing is exported yet" : renderColumns(rows),
      );
      return sound ? 0 : 1;
    },
  });
}

function addPromote(group: Command): void {
  addCommand(group, {
    usage: "promote <kind> <version>",
    summary: "Make a validated version the latest",
    examples: [
      {
        line: "exports promote strategic 20261124-calm-otter-042",
        does: "moves latest.json of exports/strategic_models, after every hash was compared",
      },
      {
        line: "exports promote tactical 20261124-calm-otter-042 --workspace shared",
        does: "the same in another folder",
      },
    ],
    options: [workspaceFlag],
    schema: z.strictObject({ kind: z.enum(releaseKinds), version: z.string(), workspace }),
    plan: async (input) => ({
      will: { writes: `${input.workspace}/exports/${input.kind}_models/latest.json` },
    }),
    run: async (input, { output }) => {
      const { promoteRelease } = await import("../releases/release-folder.ts");
      const { folder, release } = promoteRelease(input.workspace, input.kind, input.version);
      output.result(
        { kind: "exports-promotion", folder, version: release.version },
        `${release.version} is the latest ${release.kind} version: ${folder}`,
      );
    },
  });
}
