/**
 * @file Serves one ParallelEnv to one client over frames (python/README.md has the protocol byte by byte).
 *
 * Requests: `R` reset, `S` step, `T` state, `V` text view, `P` snapshot, `Q` restore, `C` close. Replies: `h` hello (once,
 * unasked), `r`, `s`, `t`, `v`, `p`, `q`, and `e` with an error document after which the environment stands as before.
 * Deviation from the contract of our environments, because PettingZoo's own tests demand it: an unknown reset option is
 * left out and named in every agent's info (`ignored_options`) instead of refused.
 */
import type { Action, Info, ParallelEnv, PerAgent, ResetOptions, StepResult } from "../../marl/env.ts";
import { spaceToJson } from "../../marl/spaces/space-json.ts";
import { isGrandModelError } from "../../runtime/errors.ts";
import type { Json } from "../../runtime/json.ts";
import { errorDocument } from "../render-error.ts";
import { type Codec, codecOf } from "./codec.ts";
import { FrameReader, FrameWriter, type Frame, frameError } from "./frames.adapter.ts";
import { renderText } from "./text-view.ts";

const protocolVersion = 1;

/** Bits of an agent's byte in replies. */
const flag = { inRecord: 1, live: 2, terminated: 4, truncated: 8 } as const;

/** Answers requests until the client closes the stream or sends `C`. */
export function serveEnvironment(env: ParallelEnv, input: number, output: number): void {
  const session = new Session(env, new FrameWriter(output));
  const reader = new FrameReader(input);
  session.hello();
  for (let frame = reader.next(); frame !== undefined && frame.kind !== "C"; frame = reader.next()) {
    session.answer(frame);
  }
  env.close();
}

interface AgentCodecs {
  readonly agent: string;
  readonly observation: Codec;
  readonly action: Codec;
}

class Session {
  private readonly env: ParallelEnv;
  private readonly writer: FrameWriter;
  private readonly agents: readonly AgentCodecs[];
  private readonly state: Codec | undefined;
  /** Header of a reply and all observations: the largest body without infos. */
  private readonly fixedBytes: number;
  private last: Partial<StepResult> = {};

  constructor(env: ParallelEnv, writer: FrameWriter) {
    this.env = env;
    this.writer = writer;
    this.agents = env.possibleAgents.map((agent) => ({
      agent,
      observation: codecOf(env.observationSpace(agent)),
      action: codecOf(env.actionSpace(agent)),
    }));
    this.state = env.stateSpace === undefined ? undefined : codecOf(env.stateSpace);
    this.fixedBytes = this.agents.reduce((sum, { observation }) => sum + 9 + observation.bytes, 4);
  }

  hello(): void {
    const { env } = this;
    const spec: Json = {
      protocol: protocolVersion,
      name: env.metadata.name,
      maxCycles: env.metadata.maxCycles ?? null,
      illegalActions: env.metadata.illegalActions ?? "throw",
      agents: env.possibleAgents.map((agent) => ({
        name: agent,
        observation: spaceToJson(env.observationSpace(agent)),
        action: spaceToJson(env.actionSpace(agent)),
      })),
      state: env.stateSpace === undefined ? null : spaceToJson(env.stateSpace),
    };
    this.writer.sendBytes("h", Buffer.from(JSON.stringify(spec)));
  }

  /** Answers one request; an error of the environment is an answer too. */
  answer(frame: Frame): void {
    try {
      this.dispatch(frame);
    } catch (error) {
      this.writer.sendBytes("e", Buffer.from(JSON.stringify(errorDocument(error))));
    }
  }

  private dispatch({ kind, payload }: Frame): void {
    switch (kind) {
      case "S":
        return this.step(payload);
      case "R":
        return this.reset(payload);
      case "T":
        return this.sendState();
      case "V":
        return this.writer.sendBytes("v", Buffer.from(renderText(this.env, this.last)));
      case "P":
        return this.writer.sendBytes("p", this.env.snapshot());
      case "Q":
        this.env.restore(new Uint8Array(payload));
        return this.writer.send("q", 0);
      default:
        throw frameError("kind", kind, "one of R, S, T, V, P, Q, C");
    }
  }

  /** Request: one byte per possible agent (1 = acts), then the actions of those that act. */
  private step(payload: Buffer): void {
    const actions: Record<string, Action> = {};
    let at = this.agents.length;
    for (const [i, { agent, action }] of this.agents.entries()) {
      if (payload[i] !== 1) continue;
      if (at + action.bytes > payload.length)
        throw frameError("payload", payload.length, "the actions announced");
      actions[agent] = action.read(payload, at);
      at += action.bytes;
    }
    if (at !== payload.length) throw frameError("payload", payload.length, `${at} bytes`);
    const result = this.env.step(actions);
    this.last = result;
    this.reply("s", result);
  }

  /** Request: length of the seed's decimal digits (1 byte, 0 = none), the digits, options as JSON (may be empty). */
  private reset(payload: Buffer): void {
    const digits = payload[0] ?? 0;
    const seed = payload.toString("latin1", 1, 1 + digits);
    const text = payload.toString("utf8", 1 + digits);
    const options: unknown = text === "" ? {} : JSON.parse(text);
    const { result, ignored } = this.resetIgnoringUnknown(seed, options as { readonly [key: string]: Json });
    const infos = ignored.length === 0 ? result.infos : markIgnored(this.env.agents, result.infos, ignored);
    this.last = { observations: result.observations };
    this.reply("r", { ...result, infos, rewards: {}, terminations: {}, truncations: {} });
  }

  private resetIgnoringUnknown(
    seed: string,
    options: { readonly [key: string]: Json },
  ): { readonly result: ReturnType<ParallelEnv["reset"]>; readonly ignored: readonly string[] } {
    const known = { ...options };
    const ignored: string[] = [];
    for (;;) {
      const request: ResetOptions = {
        ...(seed === "" ? {} : { seed }),
        ...(Object.keys(known).length === 0 ? {} : { options: known }),
      };
      try {
        return { result: this.env.reset(request), ignored };
      } catch (error) {
        const key = unknownOption(error, Object.keys(known));
        if (key === undefined) throw error;
        delete known[key];
        ignored.push(key);
      }
    }
  }

  /** Body: a flag byte and a float64 reward per possible agent, observations of agents in the record, infos as JSON. */
  private reply(kind: "r" | "s", result: StepResult): void {
    const infos = infoText(result.infos);
    this.writer.reserve(this.fixedBytes + infos.length);
    const { buffer } = this.writer;
    const count = this.agents.length;
    const flagsAt = FrameWriter.bodyAt;
    let at = flagsAt + 9 * count;
    for (const [i, { agent, observation }] of this.agents.entries()) {
      const seen = result.observations[agent];
      buffer[flagsAt + i] = this.flagsOf(agent, seen !== undefined, result);
      buffer.writeDoubleLE(result.rewards[agent] ?? 0, flagsAt + count + 8 * i);
      if (seen === undefined) continue;
      observation.write(seen, buffer, at);
      at += observation.bytes;
    }
    buffer.set(infos, at);
    this.writer.send(kind, at + infos.length - FrameWriter.bodyAt);
  }

  private flagsOf(agent: string, inRecord: boolean, result: StepResult): number {
    return (
      (inRecord ? flag.inRecord : 0) |
      (this.env.agents.includes(agent) ? flag.live : 0) |
      (result.terminations[agent] === true ? flag.terminated : 0) |
      (result.truncations[agent] === true ? flag.truncated : 0)
    );
  }

  private sendState(): void {
    const state = this.env.state?.();
    if (this.state === undefined || state === undefined)
      throw frameError("kind", "T", "an environment with a state");
    this.writer.reserve(this.state.bytes);
    this.state.write(state, this.writer.buffer, FrameWriter.bodyAt);
    this.writer.send("t", this.state.bytes);
  }
}

const noBytes = Buffer.alloc(0);

/** Infos that say something; the usual empty ones cost nothing on the wire. */
function infoText(infos: PerAgent<string, Info>): Buffer {
  const said = Object.entries(infos).filter(([, info]) => info !== undefined && Object.keys(info).length > 0);
  return said.length === 0 ? noBytes : Buffer.from(JSON.stringify(Object.fromEntries(said)));
}

function markIgnored(
  agents: readonly string[],
  infos: PerAgent<string, Info>,
  ignored: readonly string[],
): PerAgent<string, Info> {
  return Object.fromEntries(agents.map((agent) => [agent, { ...infos[agent], ignored_options: ignored }]));
}

/** The option that an `ENV_OPTION_UNKNOWN` is about, or undefined for any other error. */
function unknownOption(error: unknown, keys: readonly string[]): string | undefined {
  if (!isGrandModelError(error) || error.code !== "ENV_OPTION_UNKNOWN") return undefined;
  const named = error.issues[0]?.path?.split(".").at(-1) ?? "";
  return keys.includes(named) ? named : keys[0];
}
