/**
 * The bare wire transport in a closed loop: no users, no histograms, replies not decoded.
 *
 *   deno run -A bench/peers/bare.ts unary|stream HOST:PORT CALLS IN_FLIGHT
 *
 * Prints one line of JSON: messages, and messages per second.
 */
import { CHANNEL_DEFAULTS } from "../../lib/transport/channel.ts";
import { openWireChannel } from "../../lib/transport/wire/wire.ts";
import { PATHS } from "../../proto/llm.ts";
import { requestBytes } from "./load.ts";

const [mode, target = "", calls, in_flight] = Deno.args;
const limit = Number(calls);
const reply_stream = mode === "stream";
const request = requestBytes(reply_stream);
const path = reply_stream ? PATHS.generateStream : PATHS.generate;
const channel = openWireChannel(target, CHANNEL_DEFAULTS);
await channel.connect();
const method = channel.method({ path, request_stream: false, reply_stream, metadata: [] });
const done = Promise.withResolvers<void>();
let [started, ended, messages] = [0, 0, 0];
const events = {
  sent() {},
  message() {
    messages++;
  },
  end({ code, details }: { code: number; details: string }) {
    if (code !== 0) done.reject(new Error(`A call ended with ${code}: ${details}`));
    if (++ended === limit) done.resolve();
    else if (started < limit) next();
  },
};
const next = () => {
  started++;
  method.start(request, 30_000, events);
};
const began_ms = performance.now();
while (started < Math.min(Number(in_flight), limit)) next();
await done.promise;
const per_s = messages / (performance.now() - began_ms) * 1000;
await channel.close();
console.log(JSON.stringify({ messages, per_s }));
