/** @file An environment as text: its own `render()` where it draws text, else a table of what each agent saw last. */
import type { Observation, ParallelEnv, StepResult } from "../../marl/env.ts";

/** One line per agent: name, live or ended, reward, observation. */
export function renderText(env: ParallelEnv, last: Partial<StepResult>): string {
  const own = env.render?.();
  if (typeof own === "string") return own;
  const rows = env.possibleAgents.map((agent) => {
    const state = env.agents.includes(agent) ? "live " : "ended";
    const reward = (last.rewards?.[agent] ?? 0).toFixed(3);
    return `${agent.padEnd(12)}  ${state}  ${reward.padStart(10)}  ${renderObservation(last.observations?.[agent])}`;
  });
  return [env.metadata.name, ...rows].join("\n");
}

function renderObservation(observation: Observation | undefined): string {
  if (observation === undefined) return "-";
  if (typeof observation === "number") return String(observation);
  if (ArrayBuffer.isView(observation)) return [...observation].map((value) => shortNumber(value)).join(" ");
  if (Array.isArray(observation)) return `(${observation.map(renderObservation).join(", ")})`;
  return Object.entries(observation)
    .map(([key, part]) => `${key}: ${renderObservation(part)}`)
    .join("; ");
}

function shortNumber(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(3);
}
