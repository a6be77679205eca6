/**
 * Memory of connections and of streams in flight, over the bare wire transport.
 *
 *   deno run -A bench/peers/hold.ts HOST:PORT CONNECTIONS STREAMS
 *
 * The server must pause after each chunk. Prints one line of JSON: resident bytes before, with all connections open, and
 * with all streams in flight, each having brought its first message.
 */
import { CHANNEL_DEFAULTS } from "../../lib/transport/channel.ts";
import { openWireChannel } from "../../lib/transport/wire/wire.ts";
import { PATHS } from "../../proto/llm.ts";
import { requestBytes } from "./load.ts";

const [target = "", connections, streams] = Deno.args;
const resident = () => Deno.memoryUsage().rss;
const before_bytes = resident();
const channel = openWireChannel(target, { ...CHANNEL_DEFAULTS, connections: Number(connections) });
await channel.connect();
const connected_bytes = resident();
const spec = { path: PATHS.generateStream, request_stream: false, reply_stream: true, metadata: [] };
const method = channel.method(spec);
const all = Promise.withResolvers<void>();
let first = 0;
for (let i = 0; i < Number(streams); i++) {
  let seen = false;
  method.start(requestBytes(true), 300_000, {
    sent() {},
    message() {
      if (!seen && ++first === Number(streams)) all.resolve();
      seen = true;
    },
    end: ({ code, details }) => all.reject(new Error(`A stream ended with ${code}: ${details}`)),
  });
}
await all.promise;
const streaming_bytes = resident();
const { streams_in_flight } = channel.stats();
console.log(JSON.stringify({ before_bytes, connected_bytes, streaming_bytes, streams_in_flight }));
Deno.exit();
