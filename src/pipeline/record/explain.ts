/**
 * @file A decision record in words: one paragraph, and a table of the checks that it passed and failed. A pure function of
 * the record: what is not in the record is not said.
 */
import { assertNever } from "../../runtime/errors.ts";
import type {
  DecisionRecord,
  Outcome,
  RecordedBelief,
  RecordedCheck,
  RecordedPlan,
  RecordedRisk,
  TacticalRecord,
  TradingRecord,
} from "./decision-record.ts";

/** A decision in words. */
export interface Explanation {
  readonly paragraph: string;
  /** One row for each check; empty for decisions without checks. */
  readonly checks: readonly (readonly [check: string, measured: string, limit: string, verdict: string])[];
}

/** What happened, why, and how sure the agents were. */
export function explainDecision(record: DecisionRecord): Explanation {
  const said = [opening(record), beliefOf(record), uncertaintyOf(record)];
  if (record.stage !== "strategic") said.push(...fateOf(record));
  return {
    paragraph: said.filter((sentence) => sentence !== "").join(" "),
    checks: record.stage === "strategic" ? [] : record.checks.map(row),
  };
}

/** The explanation as plain text, the table aligned. */
export function explanationText({ paragraph, checks }: Explanation): string {
  if (checks.length === 0) return `${paragraph}\n`;
  const table = [["check", "measured", "limit", "verdict"], ...checks];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...table.map((cells) => cells[column]?.length ?? 0)));
  const lines = table.map((cells) =>
    cells
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join("  ")
      .trimEnd(),
  );
  return `${paragraph}\n\n${lines.join("\n")}\n`;
}

function opening(record: DecisionRecord): string {
  const when = new Date(record.time).toISOString().slice(0, 16).replace("T", " ");
  const held =
    record.position === 0 ? "flat" : `${record.position > 0 ? "long" : "short"} ${Math.abs(record.position)}`;
  return `${when} UTC, ${record.symbol} at ${record.price}, ${held}:`;
}

function beliefOf(record: DecisionRecord): string {
  return record.stage === "tactical" ? tacticalBelief(record) : strategicBelief(record);
}

function strategicBelief({ action, bias, confidence }: RecordedBelief): string {
  const sides = `bull ${percent(bias.bull)}, neutral ${percent(bias.neutral)}, bear ${percent(bias.bear)}`;
  return `the strategic team of four says ${action} (${sides}; confidence ${percent(confidence)}).`;
}

function tacticalBelief(record: TacticalRecord): string {
  const direction = sideName(record.direction, "staying out");
  const against = record.counter
    ? ", cut because it stands against the strategic bias or a fresh synergy"
    : "";
  const under =
    record.context === null
      ? "without a fresh strategic context"
      : `under the strategic message ${record.context.id}, ${number(record.context.ageBars)} bars old`;
  const synergy = record.synergy === 0 ? "" : ` A synergy of type ${record.synergy} is fresh.`;
  return `the tactical team of three prefers ${direction} with a score of ${percent(record.score)}${against}, ${under}.${synergy}`;
}

function uncertaintyOf({ agents }: DecisionRecord): string {
  const passes = agents[0]?.passes ?? 1;
  if (passes <= 1) return "";
  const epistemic = mean(agents.map((agent) => agent.epistemic));
  const agreement = mean(agents.map((agent) => agent.agreement));
  return `Over ${passes} dropout passes ${percent(agreement)} agree; what the models do not know amounts to ${number(epistemic)} nats.`;
}

function fateOf(record: TradingRecord): readonly string[] {
  const because = record.reasons.length === 0 ? "" : ` (${record.reasons.join(", ")})`;
  const ended = `${ending(record.outcome)}${because}.`;
  return [ended, riskSentence(record.risk), planSentence(record.plan)];
}

function ending(outcome: Outcome): string {
  switch (outcome) {
    case "held":
      return "Nothing was wanted";
    case "postponed":
      return "The execution agent waits for a better bar";
    case "unqualified":
      return "The qualification gate refused it";
    case "rejected":
      return "Risk refused it";
    case "gated":
      return "The final gate refused it";
    case "withheld":
      return "Execution sent nothing";
    case "refused":
      return "The limits before the exchange refused every order";
    case "sent":
      return "It was sent as requested";
    case "sent-reduced":
      return "It was sent for less than requested";
    case "closing":
      return "It only closes what is held";
    default:
      return assertNever(outcome);
  }
}

function riskSentence(risk: RecordedRisk | null): string {
  if (risk === null) return "";
  const binding = risk.binding === null ? "" : `, bound by ${risk.binding}`;
  const plan =
    risk.stop === null ? "" : ` Stop ${risk.stop}${risk.target === null ? "" : `, target ${risk.target}`}.`;
  const loss =
    risk.riskUsd === null
      ? ""
      : ` At the stop it would cost ${Math.round(risk.riskUsd)} USD, ${number(risk.riskPct ?? 0)} % of equity.`;
  return `Risk allowed ${risk.approvedUnits} of ${risk.requestedUnits} requested${binding}.${plan}${loss}`;
}

function planSentence(plan: RecordedPlan | null): string {
  if (plan === null || plan.orders.length === 0) return "";
  const orders = plan.orders.map((order) => {
    const at = order.price === null ? "at market" : `at ${order.price} or better`;
    const fate = order.id === null ? `refused as ${order.refusal ?? "unknown"}` : `order ${order.id}`;
    return `${order.side > 0 ? "buy" : "sell"} ${order.units} ${at} (${fate})`;
  });
  return `Execution: ${orders.join("; ")}.`;
}

function row(check: RecordedCheck): readonly [string, string, string, string] {
  const verdict = check.pass ? "pass" : `fail: ${check.code ?? check.name}`;
  return [`${check.by} ${check.name}`, optional(check.measured), optional(check.limit), verdict];
}

function sideName(direction: 1 | 0 | -1, none: string): string {
  return direction === 0 ? none : direction > 0 ? "long" : "short";
}

function optional(value: number | null): string {
  return value === null ? "-" : number(value);
}

function number(value: number): string {
  return String(Number(value.toPrecision(4)));
}

function percent(value: number): string {
  return `${(100 * value).toFixed(1)} %`;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}
