/** @file The process's streams put together for one command: colours, output and progress in the fitting form. */
import pc from "picocolors";
import { systemClock } from "../runtime/clock.adapter.ts";
import { type Output, createOutput } from "./output.ts";
import { type LiveWindow, createLiveWindow } from "./progress/live-window.ts";
import { createLineProgress } from "./progress/line-progress.ts";
import { type Progress, silentProgress } from "./progress/progress.ts";

/** What a command writes to and reports to. */
export interface Terminal {
  readonly output: Output;
  readonly progress: Progress;
  /** Takes the live window away, so that what follows stands below the log. */
  readonly close: () => void;
}

/** Facts about a stream that decide its form. */
interface StreamFacts {
  readonly isTTY?: boolean;
}

/** Colours by the common rules: `NO_COLOR` forbids, `FORCE_COLOR` forces, else a terminal that is not dumb. */
export function colorsFor(stream: StreamFacts): ReturnType<typeof pc.createColors> {
  const { env } = process;
  const forced = env["FORCE_COLOR"] !== undefined && env["FORCE_COLOR"] !== "0";
  const forbidden = env["NO_COLOR"] !== undefined && env["NO_COLOR"] !== "";
  return pc.createColors(!forbidden && (forced || isLive(stream)));
}

/** A terminal on which a window can be redrawn. */
function isLive(stream: StreamFacts): boolean {
  return stream.isTTY === true && process.env["TERM"] !== "dumb" && process.env["CI"] === undefined;
}

export function openTerminal(mode: {
  readonly json: boolean;
  readonly lines: boolean;
  readonly quiet: boolean;
}): Terminal {
  const window = !mode.quiet && isLive(process.stderr) ? openWindow() : undefined;
  const err = window?.write ?? ((text: string): void => void process.stderr.write(text));
  const output = createOutput(mode, {
    out: (text) => {
      window?.hide();
      process.stdout.write(text);
    },
    err,
    nowIso: () => new Date(systemClock.nowMs()).toISOString(),
  });
  const progress = window?.progress ?? (mode.quiet ? silentProgress : createLineProgress(systemClock, err));
  return { output, progress, close: () => window?.close() };
}

function openWindow(): LiveWindow {
  return createLiveWindow({
    clock: systemClock,
    columns: () => process.stderr.columns,
    colors: colorsFor(process.stderr),
    write: (text) => void process.stderr.write(text),
  });
}
