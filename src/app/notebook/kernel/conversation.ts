/**
 * @file Requests and answers over the channels of a kernel. A cell is complete when `status: idle` and the reply have both
 * come and then nothing for the grace period: Deno publishes idle up to 1 ms before an output, and clients that stop at
 * idle lose it (docs/notebooks.md).
 */
import { randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import type { JsonObject } from "../document/notebook.ts";
import { type Channels, openChannels } from "../protocol/channels.ts";
import type { Connection } from "../protocol/connection-file.ts";
import type { KernelMessage } from "../protocol/message.ts";

/** How an execution ended. `dead`: the kernel ended first. */
export type Reply =
  | { readonly kind: "reply"; readonly content: JsonObject }
  | { readonly kind: "dead"; readonly how: string };

export interface Conversation {
  readonly channels: Channels;
  /**
   * Asks until the kernel has answered and published: a subscriber misses what is published before it is connected.
   * @param over ends the asking; resolves to whether the kernel has answered
   */
  readonly greet: (withinMs: number, over: () => boolean) => Promise<boolean>;
  /** Runs one cell; `onOutput` hears every iopub message of it in order. @param death settles when the kernel is gone */
  readonly execute: (
    code: string,
    onOutput: (message: KernelMessage) => void,
    death: Promise<string>,
  ) => Promise<Reply>;
}

const longestGraceMs = 2000;

/** What waits for one execution. */
interface Pending {
  readonly onOutput: (message: KernelMessage) => void;
  idle: boolean;
  reply: JsonObject | undefined;
  lastMs: number;
  /** Nobody waits any more. */
  over: boolean;
}

/** @param graceMs silence after which a finished cell counts as complete */
export async function openConversation(connection: Connection, graceMs: number): Promise<Conversation> {
  const pending = new Map<string, Pending>();
  // What arrives before the send call has returned the id it answers.
  let early: KernelMessage[] = [];
  const seen = { reply: false, published: false };
  const receive = (message: KernelMessage, channel: string): void => {
    if (channel === "shell") seen.reply = true;
    if (channel === "iopub") seen.published = true;
    const { parentId } = message;
    const waiting = parentId === undefined ? undefined : pending.get(parentId);
    if (waiting === undefined) early.push(message);
    else deliver(waiting, message);
  };
  const channels = await openChannels(connection, randomUUID(), receive);
  return {
    channels,
    greet: async (withinMs, over) => {
      const deadline = performance.now() + withinMs;
      while (!(seen.reply && seen.published) && !over() && performance.now() < deadline) {
        await channels.send("shell", "kernel_info_request", {});
        await wait(100);
      }
      return seen.reply && seen.published;
    },
    execute: async (code, onOutput, death) => {
      const waiting: Pending = {
        onOutput,
        idle: false,
        reply: undefined,
        lastMs: performance.now(),
        over: false,
      };
      early = [];
      const id = await channels.send("shell", "execute_request", executeContent(code));
      pending.set(id, waiting);
      for (const message of early.splice(0)) if (message.parentId === id) deliver(waiting, message);
      const how = await Promise.race([completion(waiting, graceMs), death]);
      waiting.over = true;
      pending.delete(id);
      return how === undefined ? { kind: "reply", content: waiting.reply ?? {} } : { kind: "dead", how };
    },
  };
}

function executeContent(code: string): JsonObject {
  return {
    code,
    silent: false,
    store_history: true,
    user_expressions: {},
    allow_stdin: false,
    stop_on_error: true,
  };
}

function deliver(waiting: Pending, message: KernelMessage): void {
  waiting.lastMs = performance.now();
  const { msg_type } = message.header;
  if (msg_type === "execute_reply") waiting.reply = message.content;
  else if (msg_type !== "status") waiting.onOutput(message);
  else if (message.content["execution_state"] === "idle") waiting.idle = true;
}

/** Resolves to undefined when reply and idle are there and the cell has been silent for the grace period. */
async function completion(waiting: Pending, graceMs: number): Promise<undefined> {
  while (!(waiting.idle && waiting.reply !== undefined) && !waiting.over) await wait(2);
  const finishedMs = performance.now();
  while (!waiting.over) {
    const silentMs = performance.now() - waiting.lastMs;
    if (silentMs >= graceMs || performance.now() - finishedMs >= longestGraceMs) return undefined;
    await wait(graceMs - silentMs);
  }
  return undefined;
}
