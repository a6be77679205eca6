/** The gRPC project's Go server, in a child process. */
import { startChild } from "../../conformance/servers/child.ts";
import type { ServerOptions, ServerStarter } from "../../conformance/servers/server.ts";
import { build, CACHE, oneAtATime } from "./cache.ts";

const SOURCE = new URL("./grpc_go/", import.meta.url).pathname;
const PROGRAM = `${CACHE}grpc_go`;
let built: Promise<void> | null = null;

/** Builds it, about 10 s for the first time, and starts it. */
export const grpcGoServer: ServerStarter = {
  name: "grpc-go server",
  features: new Set([
    "tls",
    "mutual_tls",
    "tls_alerts",
    "unix",
    "max_concurrent_streams",
    "max_connection_age",
    "gzip",
    "gzip_checks",
    "gzip_replies",
  ]),
  async start(options = {}) {
    const args = ["build", "-buildvcs=false", "-o", PROGRAM, "."];
    await (built ??= oneAtATime("grpc_go", () => build("go", args, SOURCE)));
    return await startChild(PROGRAM, [JSON.stringify(options)], readPort, (port) => targetOf(options, port));
  },
};

/** Reads the port from the line `port N`. */
export function readPort(line: string): number | null {
  return line.startsWith("port ") ? Number(line.slice(5)) : null;
}

/** The target of a server that was started with `options`. */
export function targetOf({ unix_path, tls }: ServerOptions, port: number): string {
  if (unix_path !== undefined) return `unix:${unix_path}`;
  return `${tls ? "localhost" : "127.0.0.1"}:${port}`;
}
