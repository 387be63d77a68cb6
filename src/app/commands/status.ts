/** @file `grandmodel status`: what this terminal has done, computed from files that prove it. */
import type { Command } from "commander";
import { z } from "zod";
import type { TerminalStatus } from "../coordination/status-schema.ts";
import { addCommand, addGroup } from "../command.ts";
import type { OptionSpec } from "../option.ts";
import type { Json } from "../../runtime/json.ts";

export const workspaceFlag: OptionSpec = {
  flags: "--workspace <dir>",
  help: "folder that holds exports/ and coordination/ (default: .)",
  read: "text",
};

const schema = z.strictObject({ workspace: z.string().default(".") });

/** Adds `status show`, `validate`, `refresh`. */
export function addStatus(program: Command): void {
  const group = addGroup(program, "status", "Progress of the two training processes, from evidence");
  addCommand(group, {
    usage: "show",
    summary: "Show the status of this terminal: components, milestones, what is missing",
    examples: [
      { line: "status show", does: "components with their progress and open checks" },
      { line: "status show --workspace /content/drive/MyDrive/grandmodel --json", does: "the file as it is" },
    ],
    options: [workspaceFlag],
    schema,
    plan: async ({ workspace }) => ({ will: { reads: `${workspace}/coordination` } }),
    run: async ({ workspace }, { output }) => {
      const { readStatus, statusFile } = await import("../coordination/status-file.ts");
      const { statusText } = await import("../coordination/status-text.ts");
      const status = readStatus(workspace);
      if (status === undefined) {
        output.result(
          { kind: "status", status: null },
          `There is no ${statusFile(workspace)} yet; write it with: grandmodel status refresh`,
        );
        return 1;
      }
      output.result({ kind: "status", status: asJson(status) }, statusText(status));
      return 0;
    },
  });
  addCommand(group, {
    usage: "validate",
    summary: "Hash every piece of evidence and run its check again; exit 1 when a claim does not hold",
    examples: [
      { line: "status validate", does: "compares the file's claims with the files they rest on" },
      { line: "status validate --json", does: "the same as one JSON document" },
    ],
    options: [workspaceFlag],
    schema,
    plan: async ({ workspace }) => ({ will: { reads: `${workspace}/coordination, ${workspace}/exports` } }),
    run: async ({ workspace }, { output }) => {
      const { readStatus } = await import("../coordination/status-file.ts");
      const { validateStatus } = await import("../coordination/validate.ts");
      const status = readStatus(workspace);
      const faults = status === undefined ? ["there is no status file"] : validateStatus(workspace, status);
      const text = faults.length === 0 ? "every claim holds" : faults.join("\n");
      output.result({ kind: "status-validation", valid: faults.length === 0, faults: [...faults] }, text);
      return faults.length === 0 ? 0 : 1;
    },
  });
  addCommand(group, {
    usage: "refresh",
    summary: "Write shared configurations and compute the status from the files",
    examples: [
      { line: "status refresh", does: "runs every check and writes terminal2_status.json" },
      { line: "status refresh --workspace shared", does: "the same in another folder" },
    ],
    options: [workspaceFlag],
    schema,
    plan: async ({ workspace }) => ({
      will: { reads: `${workspace}/exports`, writes: `${workspace}/coordination` },
    }),
    run: async ({ workspace }, { output }) => {
      const { refreshStatus } = await import("../coordination/refresh.ts");
      const { writeSharedConfigs } = await import("../coordination/shared-configs.ts");
      const { statusText } = await import("../coordination/status-text.ts");
      for (const name of writeSharedConfigs(workspace)) output.note(`wrote ${name}`);
      const status = await refreshStatus(workspace);
      output.result({ kind: "status", status: asJson(status) }, statusText(status));
    },
  });
}

function asJson(status: TerminalStatus): Json {
  return status as unknown as Json;
}
