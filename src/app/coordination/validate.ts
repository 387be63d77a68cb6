/** @file Whether a status says what the files say now: each piece of evidence is hashed and its check run again. */
import { runChecks } from "./acceptance.ts";
import { type TerminalStatus, componentNames } from "./status-schema.ts";

/** Claims that do not hold; empty for an honest status. */
export function validateStatus(workspace: string, status: TerminalStatus): readonly string[] {
  return componentNames.flatMap((name) => {
    const component = status.current_status[name];
    const results = runChecks(workspace, name);
    const faults: string[] = [];
    for (const { check, sha256 } of component.evidence) {
      const result = results.find((candidate) => candidate.check === check);
      if (result === undefined) faults.push(`${check}: there is no such check`);
      else if (!result.passed) faults.push(`${check}: does not pass now (${result.found})`);
      else if (result.proof?.sha256 !== sha256) faults.push(`${check}: its proof has changed since`);
    }
    const passed = results.filter((result) => result.passed).length;
    const progress = Math.floor((100 * passed) / results.length);
    if (component.progress !== progress)
      faults.push(`${name}: progress ${component.progress}, the checks give ${progress}`);
    if ((component.status === "completed") !== (passed === results.length))
      faults.push(`${name}: ${component.status}, with ${passed} of ${results.length} checks passed`);
    return faults;
  });
}
