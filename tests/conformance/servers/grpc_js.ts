/** The gRPC project's JavaScript server, in a child process. */
import { startChild } from "./child.ts";
import type { ServerStarter } from "./server.ts";

/** Starts `grpc_js_main.ts` under the same Deno. */
export const grpcJsServer: ServerStarter = {
  name: "grpc-js server",
  features: new Set([
    "tls",
    "mutual_tls",
    "tls_alerts",
    "unix",
    "max_concurrent_streams",
    "max_connection_age",
    "gzip",
  ]),
  start(options = {}) {
    const main = new URL("./grpc_js_main.ts", import.meta.url).pathname;
    return startChild(
      Deno.execPath(),
      ["run", "-A", "--quiet", main, JSON.stringify(options)],
      (line) => line.startsWith("port ") ? Number(line.slice(5)) : null,
      (port) => {
        if (options.unix_path !== undefined) return `unix:${options.unix_path}`;
        return `${options.tls ? "localhost" : "127.0.0.1"}:${port}`;
      },
    );
  },
};
