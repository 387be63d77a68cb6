/** @file Checks of the device: the profile that a session would take and why, the accelerator. */
import { detectColabEnvironment } from "../../runtime/session/detect.adapter.ts";
import { type DeviceFacts, chooseProfile } from "../../runtime/session/profiles.ts";
import type { Examination, Finding } from "./check.ts";

/** In the order of the table. */
export function deviceExaminations(): readonly Examination[] {
  const facts = detectColabEnvironment();
  return [
    {
      name: "device profile",
      importance: "advised",
      needed: "a profile that suits the device",
      remedy: "choose one with --profile",
      look: () => profileFinding(facts),
    },
    {
      name: "gpu",
      importance: "optional",
      needed: "a graphics card that nvidia-smi sees",
      remedy: "the CPU is used",
      look: () =>
        facts.gpu === undefined
          ? { state: "absent", found: "nvidia-smi finds none" }
          : { state: "ok", found: `${facts.gpu}, ${(facts.gpuMemoryGiB ?? 0).toFixed(0)} GiB` },
    },
  ];
}

function profileFinding(facts: DeviceFacts): Finding {
  const { profile, reason } = chooseProfile(facts);
  const { batch, sequence, mcChunk, gradAccum } = profile;
  const sizes = `batch ${batch}, sequence ${sequence}, dropout chunk ${mcChunk}, accumulate ${gradAccum}`;
  return { state: "ok", found: `${profile.name} (${reason}; ${facts.environment}): ${sizes}` };
}
