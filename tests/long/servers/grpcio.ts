/** A Python server over grpcio, and so over gRPC's C core, in a child process. */
import { startChild } from "../../conformance/servers/child.ts";
import type { ServerStarter } from "../../conformance/servers/server.ts";
import { build, CACHE } from "./cache.ts";
import { readPort, targetOf } from "./grpc_go.ts";

const SOURCE = new URL("./grpcio/", import.meta.url).pathname;
const VENV = `${CACHE}grpcio`;
let built: Promise<void> | null = null;

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
    await (built ??= install());
    const args = [`${SOURCE}server.py`, JSON.stringify(options)];
    return await startChild(`${VENV}/bin/python`, args, readPort, (port) => targetOf(options, port));
  },
};

async function install(): Promise<void> {
  const requirements = await Deno.readTextFile(`${SOURCE}requirements.txt`);
  const mark = `${VENV}/installed.txt`;
  if (await Deno.readTextFile(mark).catch(() => null) === requirements) return;
  await Deno.mkdir(CACHE, { recursive: true });
  await build("python3", ["-m", "venv", "--clear", VENV], SOURCE);
  const quiet = ["--quiet", "--disable-pip-version-check", "--no-deps"];
  await build(`${VENV}/bin/pip`, ["install", ...quiet, "-r", "requirements.txt"], SOURCE);
  await Deno.writeTextFile(mark, requirements);
}
