/** @file How loudly an excess over a limit is told. Source: risk.md section 6. */
import type { AlertSeverity } from "../messages/risk-proposal.ts";

/** Severity by the ratio of what was measured to its limit. */
export function severityOf(ratio: number): AlertSeverity {
  if (!(ratio < 1.5)) return "EMERGENCY";
  if (ratio >= 1.25) return "CRITICAL";
  return ratio >= 1.1 ? "WARNING" : "INFO";
}
