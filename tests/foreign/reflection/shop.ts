/** The Python shop of server.py at work. */
import { startChild } from "../../conformance/servers/child.ts";
import { pythonWith } from "../python.ts";

const SOURCE = new URL("./", import.meta.url).pathname;
const PROTOS = new URL("../../driver/grpc/protos/", import.meta.url).pathname;

/** A shop that listens. */
export interface Shop {
  target: string;
  stop(): Promise<void>;
}

/** Starts a shop with that reflection; the first time its Python packages are installed. */
export async function startShop(reflection: "v1" | "v1alpha" | "none"): Promise<Shop> {
  const python = await pythonWith("reflection", SOURCE);
  const readPort = (line: string) => line.startsWith("port ") ? Number(line.slice(5)) : null;
  const args = [`${SOURCE}server.py`, PROTOS, reflection];
  const server = await startChild(python, args, readPort, (port) => `127.0.0.1:${port}`);
  return { target: server.target, stop: () => server.kill() };
}
