/**
 * @file `coordination/shared_configs/*.yaml`, generated from the code's own tables and schemas, so that they cannot drift:
 * device profiles and session, spaces and agents, training parameters, Monte-Carlo dropout, the limits of Risk.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import type { TrainerConfig } from "../../marl/learner/config.ts";
import { quickDefaults, stageDefaults, trainerConfigOf } from "../../pipeline/training/settings.ts";
import { writeFileAtomic } from "../../runtime/files/atomic.adapter.ts";
import { deviceProfiles } from "../../runtime/session/profiles.ts";
import { hostedLimits } from "../../runtime/session/session.ts";
import { riskDefaults } from "../../stages/risk/config.ts";
import { strategicActions } from "../../stages/strategic/actions.ts";
import { observationSize, stateSize, strategicAgents } from "../../stages/strategic/observation.ts";
import { tacticalActions } from "../../stages/tactical/actions.ts";
import { TACTICAL_OBSERVATION, TACTICAL_STATE } from "../../stages/tactical/networks/observation.ts";
import { tacticalAgents } from "../../stages/tactical/observation.ts";

const heading = "# Generated from the code's defaults by grandmodel; edits are lost.\n";

/** `<workspace>/coordination/shared_configs`. */
export function sharedConfigsFolder(workspace: string): string {
  return join(workspace, "coordination", "shared_configs");
}

/** The text of each file by name. */
export function sharedConfigs(): Readonly<Record<string, string>> {
  const documents = {
    "colab_config.yaml": { profiles: deviceProfiles, session: hostedLimits },
    "marl_config.yaml": systems(),
    "training_params.yaml": trainingParameters(),
    "risk_limits.yaml": { risk: riskDefaults },
  };
  return Object.fromEntries(
    Object.entries(documents).map(([name, document]) => [
      name,
      heading + stringify(JSON.parse(JSON.stringify(document)), { aliasDuplicateObjects: false }),
    ]),
  );
}

/** Writes the files that differ; returns the names of those written. */
export function writeSharedConfigs(workspace: string): readonly string[] {
  const folder = sharedConfigsFolder(workspace);
  const stale = Object.entries(sharedConfigs()).filter(([name, text]) => {
    const file = join(folder, name);
    return !existsSync(file) || readFileSync(file, "utf8") !== text;
  });
  for (const [name, text] of stale) writeFileAtomic(join(folder, name), text);
  return stale.map(([name]) => name);
}

function systems(): object {
  return {
    strategic: {
      agents: strategicAgents,
      observation: observationSize,
      state: stateSize,
      actions: strategicActions,
    },
    tactical: {
      agents: tacticalAgents,
      observation: TACTICAL_OBSERVATION,
      state: TACTICAL_STATE,
      actions: tacticalActions,
    },
  };
}

function trainingParameters(): object {
  const whole = ({ seed: _seed, group, ...rest }: TrainerConfig): object => ({ ...rest, ...group });
  return {
    stages: { ...stageDefaults, trainer: whole(trainerConfigOf(stageDefaults, 0)) },
    main_job: { ...quickDefaults, trainer: whole(trainerConfigOf(quickDefaults, 0)) },
  };
}
