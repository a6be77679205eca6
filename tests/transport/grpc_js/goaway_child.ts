/**
 * A process that holds idle grpc-js connections to a scripted peer in its own thread, which sends GOAWAY on each.
 * Argument: `shielded` or `bare`. Prints `survived` at the end, if it gets there.
 */
import { Buffer } from "node:buffer";
import { installGoawayShield } from "../../../lib/transport/grpc_js/goaway_shield.ts";
import { goaway, okReply, PING, withScriptedPeer } from "../../conformance/scripted_peer.ts";

if (Deno.args[0] === "shielded") installGoawayShield();
const grpc = await import("@grpc/grpc-js");

const CALLS = 13;
const ROUNDS = 4;
const HIGHEST_ID = 0x7fffffff;

const senders: ((...frames: readonly number[][]) => Promise<void>)[] = [];
const peer = Promise.withResolvers<string>();
withScriptedPeer(async ({ stream, connection, send }) => {
  senders[connection] = send;
  await send(okReply(stream));
}, (target) => {
  peer.resolve(target);
  return new Promise(() => {});
});
const target = await peer.promise;

type Client = InstanceType<typeof grpc.Channel>;
function call(channel: Client): Promise<number> {
  return new Promise((resolve) => {
    const started = channel.createCall("/a/b", Infinity, null, null, null);
    started.start(new grpc.Metadata(), {
      onReceiveMetadata() {},
      onReceiveMessage: () => started.startRead(),
      onReceiveStatus: ({ code }) => resolve(code),
    });
    started.startRead();
    started.sendMessageWithContext({}, Buffer.from("x"));
    started.halfClose();
  });
}

async function untilGone(channel: Client): Promise<void> {
  const gone = () => channel.getConnectivityState(false) !== grpc.connectivityState.READY;
  while (!gone()) await new Promise((resolve) => setTimeout(resolve, 2));
  await new Promise((resolve) => setTimeout(resolve, 20));
}

for (let round = 0; round < ROUNDS; round++) {
  for (
    const farewell of [
      goaway(0),
      goaway(HIGHEST_ID),
      [...goaway(HIGHEST_ID), ...PING, ...goaway(2 * CALLS - 1)],
    ]
  ) {
    const channel = new grpc.Channel(target, grpc.credentials.createInsecure(), {
      "grpc.use_local_subchannel_pool": 1,
      "grpc.enable_retries": 0,
      "grpc.enable_channelz": 0,
    });
    for (let i = 0; i < CALLS; i++) await call(channel);
    (globalThis as { gc?: () => void }).gc?.();
    await senders.at(-1)?.(farewell);
    await untilGone(channel);
    if (await call(channel) !== 0) throw new Error("The channel did not come back");
    channel.close();
  }
}
Deno.stdout.writeSync(new TextEncoder().encode("survived\n"));
Deno.exit(0);
