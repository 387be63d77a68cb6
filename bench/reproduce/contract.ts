/**
 * @file The contract of `npm run reproduce -- <task>`: `bench/reproduce/<task>.ts` exports `task` of type `ReproduceTask`;
 * the harness runs it, adds machine, commit, date and command, and writes `docs/results/<task>.json` and `.md`.
 */

/** What a task may use while it runs. */
export interface ReproduceContext {
  /** From `--seeds 5` (0 to 4) or `--seeds 3,7,11`; the task's own `seeds` when not given. */
  readonly seeds: readonly number[];
  /** Share of the whole task that is done, in [0, 1], and one line of numbers. */
  readonly progress: (done: number, text: string) => void;
  /** Monotonic milliseconds. */
  readonly elapsedMs: () => number;
}

/** A learning curve: `low` and `high` are the 95 % interval over seeds at each point. */
export interface Curve {
  readonly label: string;
  /** Environment steps. */
  readonly steps: readonly number[];
  readonly mean: readonly number[];
  readonly low: readonly number[];
  readonly high: readonly number[];
}

/** A floor, a ceiling or a peer, in the metric of the result. */
export interface Baseline {
  readonly name: string;
  readonly value: number;
  /** Where it is from: `measured here`, or the publication. */
  readonly source: string;
}

/** What a task measured: one value per seed, and the aggregate that the convention names. */
export interface TaskResult {
  /** Which of the public variants: `simple-spread C`, `CartPole-v1`. */
  readonly variant: string;
  /** `m1`, `mean of the last 100 training episodes`, ... */
  readonly metric: string;
  /** How values, mean and interval come about: episodes, greedy or sampled, aggregate, bootstrap. */
  readonly convention: string;
  readonly values: readonly number[];
  readonly mean: number;
  /** 95 %. */
  readonly interval: readonly [low: number, high: number];
  /** Environment steps per seed, as far as the run got. */
  readonly steps: number;
  readonly dataSource: "real" | "bridged" | "synthetic" | "simulated task";
  readonly curve?: Curve;
  readonly baselines?: readonly Baseline[];
  /** What it must reach; the page prints pass or fail and the command exits 1 on fail. */
  readonly target?: { readonly value: number; readonly rule: ">=" | "<=" | "==" };
  /** Further pages by file name (a tear sheet), written beside the result and linked from its page. */
  readonly files?: Readonly<Record<string, string>>;
  /** Shortfalls, caveats, what differs from the reference; one sentence each. */
  readonly notes?: readonly string[];
}

/** One reproducible result. */
export interface ReproduceTask {
  /** One sentence for the page and for `--help`. */
  readonly summary: string;
  readonly seeds: readonly number[];
  readonly run: (context: ReproduceContext) => Promise<TaskResult>;
}

/** The content of `docs/results/<task>.json`. */
export interface ResultDocument extends Omit<TaskResult, "files"> {
  /** Names of the pages written beside it. */
  readonly files?: readonly string[];
  readonly task: string;
  readonly seeds: readonly number[];
  readonly command: string;
  readonly machine: object;
  readonly commit: string;
  readonly date: string;
}
