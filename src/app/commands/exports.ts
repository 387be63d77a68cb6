/** @file `grandmodel exports`: versions of trained stages, verified and promoted. */
import type { Command } from "commander";
import { z } from "zod";
import type { Json } from "../../runtime/json.ts";
import { renderColumns } from "../columns.ts";
import { addCommand, addGroup } from "../command.ts";
import { stageKinds } from "../coordination/exported-models.ts";
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
      const { exportedModels, latestVersion } = await import("../coordination/exported-models.ts");
      const rows: string[][] = [];
      const documents: Json[] = [];
      for (const kind of stageKinds) {
        const latest = latestVersion(input.workspace, kind);
        for (const model of exportedModels(input.workspace, kind)) {
          const { folder, version } = model;
          const sound = model.kind === "sound" ? model.manifest : undefined;
          const state = sound?.status ?? "damaged";
          rows.push([version === latest ? "*" : " ", kind, version, sound?.dataSource ?? "", state, folder]);
          documents.push({
            kind,
            version,
            folder,
            status: state,
            latest: version === latest,
            manifest: (sound ?? null) as unknown as Json,
          });
        }
      }
      const text =
        rows.length === 0 ? "nothing is exported yet; grandmodel run exports" : renderColumns(rows);
      output.result({ kind: "exports", versions: documents }, text);
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
      const { exportedModels } = await import("../coordination/exported-models.ts");
      const all = stageKinds.flatMap((kind) => [...exportedModels(input.workspace, kind)]);
      const rows = all.map((model) => [
        model.folder,
        model.kind === "sound" ? `${Object.keys(model.manifest.files).length} files hold` : model.fault,
      ]);
      const sound = all.every(({ kind }) => kind === "sound");
      const versions = all.map(({ folder, kind }) => ({ folder, state: kind }));
      output.result(
        { kind: "exports-verification", sound, versions },
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
    schema: z.strictObject({ kind: z.enum(stageKinds), version: z.string(), workspace }),
    plan: async (input) => ({
      will: { writes: `${input.workspace}/exports/${input.kind}_models/latest.json` },
    }),
    run: async (input, { output }) => {
      const { modelsFolder } = await import("../coordination/exported-models.ts");
      const { promote } = await import("../../pipeline/models/store.adapter.ts");
      const { kind, version } = input;
      const root = modelsFolder(input.workspace, kind);
      promote(root, version);
      output.result(
        { kind: "exports-promotion", folder: `${root}/${version}`, version },
        `${version} is the latest ${kind} version: ${root}/${version}`,
      );
    },
  });
}
