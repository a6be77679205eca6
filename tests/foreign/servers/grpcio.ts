/** A Python server over grpcio, and so over gRPC's C core, in a child process. */
import { startChild } from "../../conformance/servers/child.ts";
import type { ServerStarter } from "../../conformance/servers/server.ts";
import { pythonWith } from "../python.ts";
import { readPort, targetOf } from "./grpc_go.ts";

const SOURCE = new URL("./grpcio/", import.meta.url).pathname;

/** Installs grpcio into a virtual environment of its own, about 15 s for the first time, and starts the server. */
export const grpcioServer: ServerStarter = {
  name: "grpcio server",
  features: new Set([
    "tls",
    "mutual_tls",
    "unix",
    "max_concurrent_streams",
    "max_connection_age",
    "gzip",
    "gzip_replies",
  ]),
  async start(options = {}) {
    const args = [`${SOURCE}server.py`, JSON.stringify(options)];
    return await startChild(await pythonWith("grpcio", SOURCE), args, readPort, (port) => targetOf(options, port));
  },
};
