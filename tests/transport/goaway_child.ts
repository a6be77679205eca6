/**
 * A process that holds idle grpc-js connections to a scripted peer in its own thread, which sends GOAWAY on each.
 * Argument: `shielded` or `bare`. Prints `survived` at the end, if it gets there.
 */
import { Buffer } from "node:buffer";
import { installGoawayShield } from "../../lib/transport/goaway_shield.ts";

if (Deno.args[0] === "shielded") installGoawayShield();
const grpc = await import("@grpc/grpc-js");

const CALLS = 13;
const ROUNDS = 4;
const HIGHEST_ID = 0x7fffffff;

function frame(type: number, flags: number, stream: number, payload: readonly number[] = []): number[] {
  const length = [payload.length >> 16, (payload.length >> 8) & 255, payload.length & 255];
  return [...length, type, flags, ...uint32(stream), ...payload];
}
function uint32(value: number): number[] {
  return [value >>> 24, (value >> 16) & 255, (value >> 8) & 255, value & 255];
}
function literal(key: string, value: string): number[] {
  return [0, key.length, ...Buffer.from(key), value.length, ...Buffer.from(value)];
}
const OK_REPLY = (stream: number) => [
  ...frame(1, 4, stream, [0x88, ...literal("content-type", "application/grpc")]),
  ...frame(0, 0, stream, [0, 0, 0, 0, 0]),
  ...frame(1, 5, stream, literal("grpc-status", "0")),
];
const goaway = (last: number) => frame(7, 0, 0, [...uint32(last), 0, 0, 0, 0]);
const PING = frame(6, 0, 0, [1, 2, 3, 4, 5, 6, 7, 8]);

/** Answers every request of a connection with an empty OK reply. */
async function serve(conn: Deno.Conn): Promise<void> {
  await conn.write(new Uint8Array(frame(4, 0, 0)));
  let seen = Buffer.alloc(0);
  let preface = 24;
  const chunk = new Uint8Array(65536);
  for (;;) {
    const length = await conn.read(chunk);
    if (length === null) return;
    seen = Buffer.concat([seen, chunk.subarray(0, length)]);
    if (seen.length < preface) continue;
    seen = seen.subarray(preface);
    preface = 0;
    while (seen.length >= 9 && seen.length >= 9 + seen.readUIntBE(0, 3)) {
      const [type, flags, stream] = [seen[3], seen[4]! & 1, seen.readUInt32BE(5)];
      if (type === 4 && flags === 0) await conn.write(new Uint8Array(frame(4, 1, 0)));
      if (type === 0 && flags === 1) await conn.write(new Uint8Array(OK_REPLY(stream)));
      seen = seen.subarray(9 + seen.readUIntBE(0, 3));
    }
  }
}

const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
const conns: Deno.Conn[] = [];
(async () => {
  for await (const conn of listener) {
    conns.push(conn);
    serve(conn).catch(() => {});
  }
})();

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
    const channel = new grpc.Channel(`127.0.0.1:${listener.addr.port}`, grpc.credentials.createInsecure(), {
      "grpc.use_local_subchannel_pool": 1,
      "grpc.enable_retries": 0,
      "grpc.enable_channelz": 0,
    });
    for (let i = 0; i < CALLS; i++) await call(channel);
    (globalThis as { gc?: () => void }).gc?.();
    await conns.at(-1)!.write(new Uint8Array(farewell));
    await untilGone(channel);
    if (await call(channel) !== 0) throw new Error("The channel did not come back");
    channel.close();
  }
}
Deno.stdout.writeSync(new TextEncoder().encode("survived\n"));
Deno.exit(0);
