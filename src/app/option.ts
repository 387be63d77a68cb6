/** @file One flag of a command: how it is written, where its value goes and how its text is read. */

/** One flag of a command. */
export interface OptionSpec {
  /** In commander's form: `--steps <n>`, `--resume <dir>`, `--greedy`. */
  readonly flags: string;
  readonly help: string;
  /** Where the value goes: `steps`, `ppo.clip`. The default is the camel-cased flag. */
  readonly key?: string;
  /** How the text is read; the default is `scalar` (`5` is a number, `true` a boolean, other text is text). */
  readonly read?: "scalar" | "text" | "list" | "duration";
  readonly choices?: readonly string[];
}
