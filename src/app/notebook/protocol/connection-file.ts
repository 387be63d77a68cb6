/**
 * @file The file that tells a kernel where to listen, in a private folder. Ports are found by listening on port 0 five
 * times at once; another process may take one before the kernel does, so starting is tried again with new ports.
 */
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Connection {
  readonly transport: "tcp";
  readonly ip: "127.0.0.1";
  readonly shell_port: number;
  readonly iopub_port: number;
  readonly stdin_port: number;
  readonly control_port: number;
  readonly hb_port: number;
  readonly key: string;
  readonly signature_scheme: "hmac-sha256";
  readonly kernel_name: string;
}

export interface ConnectionFile extends Disposable {
  readonly path: string;
  readonly connection: Connection;
}

/** Folder 0700, file 0600; disposing removes both. */
export async function makeConnectionFile(kernelName: string): Promise<ConnectionFile> {
  const [shell, iopub, stdin, control, heartbeat] = await freePorts();
  const connection: Connection = {
    transport: "tcp",
    ip: "127.0.0.1",
    shell_port: shell,
    iopub_port: iopub,
    stdin_port: stdin,
    control_port: control,
    hb_port: heartbeat,
    key: randomUUID(),
    signature_scheme: "hmac-sha256",
    kernel_name: kernelName,
  };
  const folder = mkdtempSync(join(tmpdir(), "grandmodel-kernel-"));
  const path = join(folder, "connection.json");
  writeFileSync(path, JSON.stringify(connection), { mode: 0o600 });
  return { path, connection, [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) };
}

type FivePorts = readonly [number, number, number, number, number];

async function freePorts(): Promise<FivePorts> {
  const servers = [createServer(), createServer(), createServer(), createServer(), createServer()] as const;
  await Promise.all(servers.map(listen));
  const [a, b, c, d, e] = servers;
  const ports: FivePorts = [portOf(a), portOf(b), portOf(c), portOf(d), portOf(e)];
  await Promise.all(servers.map(close));
  return ports;
}

function listen(server: Server): Promise<void> {
  return new Promise((resolve, reject) => server.once("error", reject).listen(0, "127.0.0.1", resolve));
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}
