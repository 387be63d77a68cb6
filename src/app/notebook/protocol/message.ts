/**
 * @file Messages of the Jupyter protocol 5.3 on the wire: identities, `<IDS|MSG>`, signature, four JSON frames, buffers.
 * The signature is the hex HMAC-SHA256 of the four frames as sent; what does not carry it is not a message.
 */
import { createHmac, randomUUID, timingSafeEqual } from "node:crypto";
import type { JsonObject } from "../document/notebook.ts";

export interface MessageHeader {
  readonly msg_id: string;
  readonly session: string;
  readonly username: string;
  /** ISO 8601. */
  readonly date: string;
  readonly msg_type: string;
  readonly version: string;
}

export interface KernelMessage {
  readonly header: MessageHeader;
  /** `msg_id` of the request that this answers; undefined for messages nobody asked for. */
  readonly parentId: string | undefined;
  readonly content: JsonObject;
}

const delimiter = "<IDS|MSG>";

/** The header of a request that starts now. */
export function requestHeader(type: string, session: string): MessageHeader {
  return {
    msg_id: randomUUID(),
    session,
    username: "grandmodel",
    date: new Date().toISOString(),
    msg_type: type,
    version: "5.3",
  };
}

/** Frames of a message; `key` is the connection file's, empty for none. */
export function encodeMessage(
  header: MessageHeader,
  content: JsonObject,
  key: string,
  parent: MessageHeader | JsonObject = {},
): string[] {
  const frames = [header, parent, {}, content].map((part) => JSON.stringify(part));
  return [delimiter, sign(frames, key), ...frames];
}

/** The message in the frames; undefined when it is not one or its signature is wrong. */
export function decodeMessage(frames: readonly Buffer[], key: string): KernelMessage | undefined {
  const at = frames.findIndex((frame) => frame.toString() === delimiter);
  const [signature, header, parent, metadata, content] = frames.slice(at + 1);
  if (at < 0 || !signature || !header || !parent || !metadata || !content) return undefined;
  if (!isSigned([header, parent, metadata, content], signature, key)) return undefined;
  const parentHeader = JSON.parse(parent.toString()) as { readonly msg_id?: string };
  return {
    header: JSON.parse(header.toString()) as MessageHeader,
    parentId: parentHeader.msg_id,
    content: JSON.parse(content.toString()) as JsonObject,
  };
}

function isSigned(frames: readonly Buffer[], signature: Buffer, key: string): boolean {
  const expected = Buffer.from(sign(frames, key));
  return expected.length === signature.length && timingSafeEqual(expected, signature);
}

function sign(frames: readonly (string | Buffer)[], key: string): string {
  if (key === "") return "";
  const hmac = createHmac("sha256", key);
  for (const frame of frames) hmac.update(frame);
  return hmac.digest("hex");
}
