/** @file Reason codes of the runtime room; each has a page under `docs/errors/`. */

/** Faults of a settings file or of a setting. */
export type ConfigCode =
  | "CONFIG_MISSING"
  | "CONFIG_YAML"
  | "CONFIG_LIMIT"
  | "CONFIG_KEY"
  | "CONFIG_TEXT"
  | "CONFIG_NOT_FINITE"
  | "CONFIG_UNKNOWN_KEY"
  | "CONFIG_VALUE";

/** Faults of files that the product itself wrote. */
export type StorageCode =
  | "CHECKPOINT_CORRUPT"
  | "CHECKPOINT_VERSION"
  | "CHECKPOINT_NONE"
  | "JOURNAL_CORRUPT"
  | "MIRROR_DIFFERS"
  | "RUN_LOCKED"
  | "RUN_MISSING"
  | "RUN_CORRUPT";
