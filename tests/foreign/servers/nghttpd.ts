/** nghttp2's file server, which knows nothing of gRPC: its files are replies, its trailers their status. */
import type { RunningServer } from "../../conformance/servers/server.ts";
import { freePort, startDaemon } from "./daemon.ts";

/** How to start it. */
export interface NghttpdOptions {
  /** Replies by path, `/folder/Name.grpc`: the messages of each. */
  replies: Record<string, readonly Uint8Array[]>;
  tls?: { cert_path: string; key_path: string };
  /** More of its own flags. */
  flags?: readonly string[];
}

/** Starts it over a folder of its own, which goes with it. */
export async function startNghttpd({ replies, tls, flags = [] }: NghttpdOptions): Promise<RunningServer> {
  const folder = await Deno.makeTempDir({ prefix: "june-load-nghttpd-" });
  const remove = () => Deno.remove(folder, { recursive: true });
  try {
    for (const [path, messages] of Object.entries(replies)) {
      await Deno.mkdir(`${folder}${path.slice(0, path.lastIndexOf("/"))}`, { recursive: true });
      await Deno.writeFile(`${folder}${path}`, new Uint8Array(messages.flatMap(framed)));
    }
    await Deno.writeTextFile(`${folder}/mime.types`, "application/grpc grpc\n");
    const port = freePort();
    const fixed = ["--address=127.0.0.1", `--htdocs=${folder}`, `--mime-types-file=${folder}/mime.types`];
    const trailers = ["--trailer=grpc-status: 0", "--trailer=grpc-message: as%20canned"];
    const security = tls === undefined ? ["--no-tls", `${port}`] : [`${port}`, tls.key_path, tls.cert_path];
    const target = `${tls === undefined ? "127.0.0.1" : "localhost"}:${port}`;
    const server = await startDaemon("nghttpd", [...fixed, ...trailers, ...flags, ...security], port, target);
    return { ...server, kill: () => server.kill().finally(remove) };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** One message as gRPC frames it: not compressed. Source: gRPC over HTTP/2, Length-Prefixed-Message. */
function framed(message: Uint8Array): number[] {
  const length = message.length;
  return [0, length >>> 24, (length >> 16) & 255, (length >> 8) & 255, length & 255, ...message];
}
