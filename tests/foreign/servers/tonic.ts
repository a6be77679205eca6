/** A server over tonic, in a child process: it drains its connections. */
import { startChild } from "../../conformance/servers/child.ts";
import type { RunningServer } from "../../conformance/servers/server.ts";
import { build, CACHE } from "./cache.ts";
import { readPort, targetOf } from "./grpc_go.ts";

const SOURCE = new URL("./tonic/", import.meta.url).pathname;
const FOLDER = `${CACHE}tonic`;
let built: Promise<void> | null = null;

/** Builds it with cargo, some minutes for the first time, and starts it; connections are drained at `age_ms`. */
export async function startTonic(age_ms: number): Promise<RunningServer> {
  await (built ??= build("cargo", ["build", "-q", "--release", "--locked", "--target-dir", FOLDER], SOURCE));
  return await startChild(`${FOLDER}/release/tonic-server`, [`${age_ms}`], readPort, (port) => targetOf({}, port));
}
