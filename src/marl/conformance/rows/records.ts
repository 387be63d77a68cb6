/** @file C8 and C9: who stands in the records, and how episodes end. */
import type { Suite } from "../options.ts";
import { type Moment, play } from "../play.ts";
import { type Outcome, PASSED, failed, notApplicable } from "../report.ts";

/** C8. */
export function keySets(suite: Suite): Outcome {
  let fault: Outcome | undefined;
  let gone = new Set<string>();
  play(suite.create(), { episodes: suite.episodes, maxSteps: suite.maxSteps, seed: 51 }, (moment) => {
    if (moment.step === 0) gone = new Set();
    fault = keyFault(moment, gone);
    return fault !== undefined;
  });
  return fault ?? PASSED;
}

/** C9. */
export function truncation(suite: Suite): Outcome {
  const env = suite.create();
  const limit = env.metadata.maxCycles;
  if (limit === undefined) return notApplicable("metadata names no maxCycles");
  let fault: Outcome | undefined;
  let atLimit = 0;
  let truncatedAtLimit = 0;
  play(env, { episodes: suite.episodes, maxSteps: limit + 1, seed: 52 }, ({ step, result, after }) => {
    if (result === undefined) return false;
    const cut = Object.entries(result.truncations).filter(([, flag]) => flag === true);
    if (step < limit && cut.length > 0) {
      fault = failed(
        `${cut[0]?.[0]} is truncated at step ${step}, before maxCycles = ${limit}`,
        "Truncate at maxCycles only, or set metadata.maxCycles to the true limit.",
      );
    } else if (step >= limit && after.length > 0) {
      fault = failed(
        `${after[0]} goes on after step ${step}, maxCycles = ${limit}`,
        "Set the truncation of every live agent at step maxCycles.",
      );
    } else if (step === limit) {
      atLimit += 1;
      if (cut.length > 0) truncatedAtLimit += 1;
    }
    return fault !== undefined;
  });
  if (fault !== undefined) return fault;
  if (atLimit === 0) return notApplicable(`no episode of random actions reached maxCycles = ${limit}`);
  if (truncatedAtLimit > 0) return PASSED;
  return failed(
    `${atLimit} episodes end at maxCycles = ${limit}, none of them as truncated`,
    "Set truncations, not terminations, when only the time is over: a learner bootstraps through a truncation.",
  );
}

function keyFault(
  { env, before, after, step, reset, result }: Moment,
  gone: Set<string>,
): Outcome | undefined {
  const stranger = after.find((agent) => !env.possibleAgents.includes(agent));
  if (stranger !== undefined) {
    return failed(
      `agent ${stranger} at step ${step} is not in possibleAgents`,
      "List every agent in possibleAgents.",
    );
  }
  const revived = after.find((agent) => gone.has(agent));
  if (revived !== undefined) {
    return failed(
      `agent ${revived} has ended and is live again at step ${step}`,
      "An ended agent never returns.",
    );
  }
  const appeared = after.filter((agent) => !before.includes(agent));
  const concerned = [...before, ...appeared];
  const records =
    result === undefined
      ? { observations: reset?.observations ?? {}, infos: reset?.infos ?? {} }
      : { ...result };
  for (const [name, record] of Object.entries(records)) {
    const missing = concerned.find((agent) => !Object.hasOwn(record, agent));
    const extra = Object.keys(record).find((agent) => !concerned.includes(agent));
    if (missing === undefined && extra === undefined) continue;
    return failed(
      `${name} at step ${step} ${missing === undefined ? `has a key ${extra}` : `lacks ${missing}`}`,
      "Key all five records by the agents live before the step (and those that appear in it): ended agents keep their final observation and an info.",
    );
  }
  if (result === undefined) return undefined;
  const ended = before.filter(
    (agent) => result.terminations[agent] === true || result.truncations[agent] === true,
  );
  ended.forEach((agent) => gone.add(agent));
  const wrong = before.find((agent) => ended.includes(agent) === after.includes(agent));
  if (wrong === undefined) return undefined;
  return failed(
    `agents after step ${step} ${after.includes(wrong) ? "still has" : "has lost"} ${wrong}`,
    "Remove an agent from `agents` exactly when its termination or truncation is true.",
  );
}
