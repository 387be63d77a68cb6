/**
 * @file A kernel that misbehaves on purpose: it speaks the protocol over real sockets and does what the cell's text names.
 * Started by a kernelspec with the connection file as its argument.
 */
import { readFileSync } from "node:fs";
import { Publisher, Reply, Router } from "zeromq";
import type { JsonObject } from "../../../src/app/notebook/document/notebook.ts";
import type { Connection } from "../../../src/app/notebook/protocol/connection-file.ts";
import {
  encodeMessage,
  type MessageHeader,
  requestHeader,
} from "../../../src/app/notebook/protocol/message.ts";

if (process.env["FAKE_KERNEL"] === "stillborn") process.exit(3);
const connection = JSON.parse(readFileSync(process.argv[2] ?? "", "utf8")) as Connection;
const at = (port: number): string => `tcp://127.0.0.1:${port}`;
const shell = new Router({ linger: 100 });
const control = new Router({ linger: 100 });
const iopub = new Publisher({ linger: 100 });
const heart = new Reply();
await Promise.all([
  shell.bind(at(connection.shell_port)),
  control.bind(at(connection.control_port)),
  iopub.bind(at(connection.iopub_port)),
  heart.bind(at(connection.hb_port)),
]);
const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

let isMute = false;
const beat = async (): Promise<void> => {
  for await (const frames of heart) {
    if (isMute) await sleep(60_000);
    await heart.send(frames);
  }
};

/** Publishing and replying to one request. */
interface Answer {
  readonly publish: (type: string, content: JsonObject, key?: string) => Promise<void>;
  readonly status: (state: "busy" | "idle") => Promise<void>;
  readonly reply: (content: JsonObject) => Promise<void>;
}

function answerTo(request: MessageHeader, identity: Buffer, socket: Router): Answer {
  const publish = async (type: string, content: JsonObject, key = connection.key): Promise<void> =>
    iopub.send(["topic", ...encodeMessage(requestHeader(type, "fake"), content, key, request)]);
  return {
    publish,
    status: (state) => publish("status", { execution_state: state }),
    reply: (content) => {
      const header = requestHeader(request.msg_type.replace("request", "reply"), "fake");
      return socket.send([identity, ...encodeMessage(header, content, connection.key, request)]);
    },
  };
}

const ok = { status: "ok", execution_count: 1 };
const print = (text: string): [string, JsonObject] => ["stream", { name: "stdout", text }];

const scripts: Readonly<Record<string, (answer: Answer) => Promise<void>>> = {
  orderly: async ({ publish, status, reply }) => {
    await publish(...print("hello"));
    await reply(ok);
    await status("idle");
  },
  silent: async ({ status, reply }) => {
    await reply(ok);
    await status("idle");
  },
  "syntax error": async ({ status, reply }) => {
    await reply({ status: "error", ename: "Error", evalue: "Execution failed", traceback: [] });
    await status("idle");
  },
  "output after idle": async ({ publish, status, reply }) => {
    await reply(ok);
    await status("idle");
    for (let i = 0; i < 3; i += 1) {
      await sleep(60);
      await publish(...print(`late ${i}\n`));
    }
  },
  "reply after idle": async ({ publish, status, reply }) => {
    await status("idle");
    await publish(...print("between"));
    await sleep(300);
    await reply(ok);
  },
  "wrong signature": async ({ publish, status, reply }) => {
    await publish(...([...print("forged"), "another key"] as const));
    await publish(...print("genuine"));
    await reply(ok);
    await status("idle");
  },
  "ten megabytes": async ({ publish, status, reply }) => {
    for (let i = 0; i < 100; i += 1) await publish(...print("x".repeat(100_000)));
    await reply(ok);
    await status("idle");
  },
  displays: async ({ publish, status, reply }) => {
    const show = (type: string, text: string): Promise<void> =>
      publish(type, { data: { "text/plain": text }, metadata: {}, transient: { display_id: "one" } });
    await publish(...print("cleared"));
    await publish("clear_output", { wait: true });
    await show("display_data", "before");
    await show("update_display_data", "after");
    await reply(ok);
    await status("idle");
  },
  exit: async () => {
    process.stderr.write("out of luck\n");
    process.exit(9);
  },
  mute: async () => {
    isMute = true;
    await sleep(60_000);
  },
  hang: () => sleep(60_000),
};

const serve = async (socket: Router): Promise<void> => {
  for await (const [identity, , , header, , , content] of socket) {
    if (identity === undefined || header === undefined) continue;
    const request = JSON.parse(header.toString()) as MessageHeader;
    const answer = answerTo(request, identity, socket);
    await answer.status("busy");
    if (request.msg_type === "execute_request") {
      const { code } = JSON.parse(content?.toString() ?? "{}") as { code: string };
      await scripts[code]?.(answer);
      continue;
    }
    await answer.reply({ status: "ok" });
    await answer.status("idle");
    if (request.msg_type === "shutdown_request") process.exit(0);
  }
};
await Promise.all([serve(shell), serve(control), beat()]);
