/** @file Serves the echo environment over standard input and output, for the Python tests. */
import { serveEnvironment } from "../../../src/app/bridge/server.ts";
import { createEchoEnv } from "./echo-env.ts";

serveEnvironment(createEchoEnv(), 0, 1);
