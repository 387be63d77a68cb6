/** @file One decision for people: what each agent would do and how sure it is, then why the team acts or does not. */
import type { DecisionRecord } from "../../pipeline/record/decision-record.ts";
import { explainDecision, explanationText } from "../../pipeline/record/explain.ts";
import { strategicActions } from "../../stages/strategic/actions.ts";
import { tacticalActions } from "../../stages/tactical/actions.ts";
import { renderColumns } from "../columns.ts";

/** A table of the agents, then the explanation of the record. */
export function decisionText(record: DecisionRecord): string {
  const actions = record.stage === "tactical" ? tacticalActions : strategicActions;
  const rows = record.agents.map(({ agent, agreement, epistemic, probabilities, total }) => [
    `  ${agent}`,
    ...probabilities.map((probability) => percent(probability)),
    epistemic.toFixed(4),
    total.toFixed(3),
    percent(agreement),
  ]);
  const head = ["  agent", ...actions, "epistemic", "total nats", "passes agree"];
  return `${renderColumns(rows, head)}\n\n${explanationText(explainDecision(record)).trimEnd()}`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
