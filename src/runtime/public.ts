/** @file What users import from `grandmodel/runtime`. */
export { type Clock, manualClock } from "./clock.ts";
export { systemClock } from "./clock.adapter.ts";
export { GrandModelError, type Issue, isGrandModelError, type Result } from "./errors.ts";
export { hashJson, sha256 } from "./hash.adapter.ts";
export { canonicalJson, type Json } from "./json.ts";
export { Generator, type GeneratorState } from "./random/generator.ts";
export { fillBits, fillUniform, foldIn, type Key, keyFromSeed, split } from "./random/key.ts";
export { openCheckpointStore } from "./checkpoint/store.adapter.ts";
export { describeMachine, type MachineFacts } from "./machine/machine.adapter.ts";
export { detectColabEnvironment, detectDeviceProfile } from "./session/detect.adapter.ts";
