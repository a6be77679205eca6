/** Servers that drain their connections or keep changing their settings: not one call of 10,000 is lost. */
import assert from "node:assert/strict";
import { openWireChannel } from "../../lib/transport/wire/wire.ts";
import { startChild } from "../conformance/servers/child.ts";
import type { RunningServer } from "../conformance/servers/server.ts";
import { encode, payload } from "../conformance/interop_messages.ts";
import { run, spec } from "../conformance/recorder.ts";
import { withOpenChannel } from "../conformance/suite.ts";
import { grpcGoServer, readPort, targetOf } from "../foreign/servers/grpc_go.ts";
import { startGrpcJava } from "../foreign/servers/grpc_java.ts";
import { startTonic } from "../foreign/servers/tonic.ts";

const CALLS = 10_000;
/** Enough calls at the same time to keep the sockets full while the connections are drained. */
const MANY = 500;
const AGE_MS = 60;
/** Sizes of requests in turn: most are small, a few fill the windows; bytes. */
const SIZES = [20, 20, 300, 20, 5000, 20, 20, 60_000, 20, 150_000];

const NODE = new URL("../foreign/servers/node_http2.mjs", import.meta.url).pathname;

/** A server and how it treats its connections. */
interface Server {
  title: string;
  start(): Promise<RunningServer>;
  /** Calls at the same time. */
  users: number;
  /** It ends connections. */
  drains: boolean;
}

const SERVERS: readonly Server[] = [
  ["grpc-java", () => startGrpcJava(AGE_MS)],
  ["grpc-go", () => grpcGoServer.start({ max_connection_age_ms: AGE_MS })],
  ["tonic", () => startTonic(AGE_MS)],
].map(([name, start]) => ({
  title: `${name}, each connection drained at ${AGE_MS} ms`,
  start: start as Server["start"],
  users: MANY,
  drains: true,
}));

/** Node refuses streams below its limit while it still cleans up others, so that the limit must not be reached. */
const NODE_SERVER: Server = {
  title: "nghttp2 (Node), settings changed every 5 ms",
  start: () => startChild("node", [NODE], readPort, (port) => targetOf({}, port)),
  users: 60,
  drains: false,
};

for (const { title, start, users, drains } of [...SERVERS, NODE_SERVER]) {
  Deno.test({
    name: `no call is lost at ${title}`,
    sanitizeOps: false,
    sanitizeResources: false,
    async fn() {
      const server = await start();
      try {
        await withOpenChannel(openWireChannel, server.target, { connections: 2 }, async (channel) => {
          const lost = new Map<string, number>();
          let begun = 0;
          const user = async () => {
            while (begun < CALLS) {
              const bytes = SIZES[begun++ % SIZES.length]!;
              const request = encode("SimpleRequest", { response_size: 50, payload: payload(bytes) });
              const { status } = await run(channel, spec("UnaryCall"), request, 30_000);
              const words = `${status.code}: ${status.details}`;
              if (status.code !== 0) lost.set(words, (lost.get(words) ?? 0) + 1);
            }
          };
          await Promise.all(Array.from({ length: users }, user));
          assert.deepEqual([...lost], []);
          const { reconnects_total } = channel.stats();
          assert.ok(drains ? reconnects_total >= 2 : reconnects_total === 0, `${reconnects_total} reconnects`);
        });
      } finally {
        await server.kill();
      }
    },
  });
}
