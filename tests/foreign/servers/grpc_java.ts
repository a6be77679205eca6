/** A server over grpc-java, in a child process: it drains its connections. */
import { startChild } from "../../conformance/servers/child.ts";
import type { RunningServer } from "../../conformance/servers/server.ts";
import { build, CACHE } from "./cache.ts";
import { readPort, targetOf } from "./grpc_go.ts";

const SOURCE = new URL("./grpc_java/", import.meta.url).pathname;
const FOLDER = `${CACHE}grpc_java`;
let built: Promise<void> | null = null;

async function make(): Promise<void> {
  const copy = ["-q", "-B", "dependency:copy-dependencies", `-DoutputDirectory=${FOLDER}/lib`];
  await build("mvn", copy, SOURCE);
  await build("javac", ["-cp", `${FOLDER}/lib/*`, "-d", FOLDER, "Server.java"], SOURCE);
}

/** Builds it with Maven and starts it; connections are drained at the age of `age_ms`. */
export async function startGrpcJava(age_ms: number): Promise<RunningServer> {
  await (built ??= make());
  const args = ["-Xmx256m", "-cp", `${FOLDER}:${FOLDER}/lib/*`, "Server", `${age_ms}`, "5000"];
  return await startChild("java", args, readPort, (port) => targetOf({}, port));
}
