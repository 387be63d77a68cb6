/**
 * @file The four sockets of a kernel over zeromq: shell, control, iopub, heartbeat. The stdin channel is not used.
 * zeromq is an optional peer, loaded here and nowhere else.
 */
import type { Dealer, Request, Subscriber } from "zeromq";
import type { JsonObject } from "../document/notebook.ts";
import { notebookError } from "../issues.ts";
import type { Connection } from "./connection-file.ts";
import { decodeMessage, encodeMessage, type KernelMessage, requestHeader } from "./message.ts";

export type Listener = (message: KernelMessage, channel: "shell" | "control" | "iopub") => void;

export interface Channels {
  /** Sends and returns the message's id, with which its answers are marked. */
  readonly send: (channel: "shell" | "control", type: string, content: JsonObject) => Promise<string>;
  /** One echo: resolves to false when none came within `ms`. */
  readonly beat: (ms: number) => Promise<boolean>;
  readonly close: () => void;
}

/** @throws GrandModelError `NOTEBOOK_RUNTIME_MISSING` */
export async function loadZeromq(): Promise<typeof import("zeromq")> {
  try {
    return await import("zeromq");
  } catch (cause) {
    throw notebookError(
      "NOTEBOOK_RUNTIME_MISSING",
      {
        value: "zeromq",
        expected: "zeromq 6.8.0 beside grandmodel",
        hint: "npm install deno@2.9.6 zeromq@6.8.0",
      },
      cause,
    );
  }
}

/** Connects; messages that are signed go to `listener` in the order of arrival per channel. */
export async function openChannels(
  { ip, key, shell_port, control_port, iopub_port, hb_port }: Connection,
  session: string,
  listener: Listener,
): Promise<Channels> {
  const zeromq = await loadZeromq();
  const dealer = (port: number): Dealer => connected(new zeromq.Dealer({ linger: 0 }), ip, port);
  const shell = dealer(shell_port);
  const control = dealer(control_port);
  const iopub: Subscriber = connected(new zeromq.Subscriber({ linger: 0 }), ip, iopub_port);
  iopub.subscribe();
  // A Request that timed out cannot send again, so each silence costs one socket.
  const newHeart = (): Request => connected(new zeromq.Request({ linger: 0 }), ip, hb_port);
  let heart = newHeart();
  const listen = async (
    channel: "shell" | "control" | "iopub",
    socket: Dealer | Subscriber,
  ): Promise<void> => {
    for await (const frames of socket) {
      const message = decodeMessage(frames, key);
      if (message !== undefined) listener(message, channel);
    }
  };
  for (const [channel, socket] of [
    ["shell", shell],
    ["control", control],
    ["iopub", iopub],
  ] as const) {
    listen(channel, socket).catch(() => undefined);
  }
  return {
    send: async (channel, type, content) => {
      const header = requestHeader(type, session);
      await (channel === "shell" ? shell : control).send(encodeMessage(header, content, key));
      return header.msg_id;
    },
    beat: async (ms) => {
      heart.receiveTimeout = ms;
      heart.sendTimeout = ms;
      try {
        await heart.send("beat");
        await heart.receive();
        return true;
      } catch {
        if (!heart.closed) heart.close();
        heart = newHeart();
        return false;
      }
    },
    close: () => {
      for (const socket of [shell, control, iopub, heart]) socket.close();
    },
  };
}

function connected<S extends Dealer | Subscriber | Request>(socket: S, ip: string, port: number): S {
  socket.connect(`tcp://${ip}:${port}`);
  return socket;
}
