/** @file The status for people. */
import { renderColumns } from "../columns.ts";
import { componentNames, type TerminalStatus } from "./status-schema.ts";

/** Components with their open checks, then milestones. */
export function statusText(status: TerminalStatus): string {
  const components = componentNames.flatMap((name) => {
    const { progress, status: state, completion_target: target, issues } = status.current_status[name];
    const head = `${name}  ${progress} %  ${state}  (${target})`;
    return [head, ...issues.map((issue) => `  open  ${issue}`)];
  });
  const milestones = Object.entries(status.shared_milestones).map(([checkpoint, milestone]) => [
    checkpoint,
    milestone.status,
    `${milestone.terminal2_contribution.length} of ${milestone.dependencies.length}`,
    milestone.name,
  ]);
  const head = `${status.terminal_id}, revision ${status.revision}, ${status.last_coordination_sync}, device profile ${status.available_resources.device_profile}`;
  return [head, "", ...components, "", renderColumns(milestones)].join("\n");
}
