/**
 * CPU of the bare wire transport per call or message, side by side with h2load in the same run.
 *
 *   deno run -A bench/wire_unary.ts unary  HOST:PORT [CALLS=200000] [IN_FLIGHT=50] [CONNECTIONS=1]
 *   deno run -A bench/wire_unary.ts stream HOST:PORT [CALLS=1000]   [IN_FLIGHT=50] [CONNECTIONS=1]
 *
 * The server answers /bench.Bench/Unary with one message, and /bench.Bench/ServerStream, whose request names a count
 * (field 1) and a size (field 2), with that many; 200 of 64 bytes are asked for. CPU is user and system time of the whole
 * client process, less the same run with one call per slot. Runs of both clients alternate; medians are printed.
 */
import process from "node:process";
import { CHANNEL_DEFAULTS } from "../lib/transport/channel.ts";
import { openWireChannel } from "../lib/transport/wire/wire.ts";

const ROUNDS = 5;
const STREAM_MESSAGES = 200;

interface Load {
  readonly mode: string;
  readonly target: string;
  readonly calls: number;
  readonly in_flight: number;
  readonly connections: number;
}

interface Figure {
  /** Per message for streams, per call otherwise. */
  readonly cpu_us: number;
  readonly per_s: number;
}

const [mode = "unary", target = "127.0.0.1:50100", calls, in_flight, connections] = Deno.args;
const load: Load = {
  mode,
  target,
  calls: Number(calls ?? (mode === "stream" ? 1000 : 200_000)),
  in_flight: Number(in_flight ?? 50),
  connections: Number(connections ?? 1),
};
const request = mode === "stream"
  ? new Uint8Array([8, STREAM_MESSAGES & 0x7f | 0x80, STREAM_MESSAGES >> 7, 16, 64])
  : new Uint8Array([0x0a, 62, ...new Array(62).fill(0)]);
const path = mode === "stream" ? "/bench.Bench/ServerStream" : "/bench.Bench/Unary";

/** Runs calls in a closed loop. */
async function wire({ target, calls, in_flight, connections }: Load): Promise<Figure> {
  const channel = openWireChannel(target, { ...CHANNEL_DEFAULTS, connections });
  await channel.connect();
  const method = channel.method({ path, request_stream: false, reply_stream: mode === "stream", metadata: [] });
  const before = process.cpuUsage();
  const began_ms = performance.now();
  const done = Promise.withResolvers<void>();
  let [started, ended, messages] = [0, 0, 0];
  const events = {
    sent() {},
    message() {
      messages++;
    },
    end({ code, details }: { code: number; details: string }) {
      if (code !== 0) done.reject(new Error(`A call ended with ${code}: ${details}`));
      if (++ended === calls) done.resolve();
      else if (started < calls) next();
    },
  };
  const next = () => {
    started++;
    method.start(request, 30_000, events);
  };
  while (started < Math.min(in_flight, calls)) next();
  await done.promise;
  const took_ms = performance.now() - began_ms;
  const { user, system } = process.cpuUsage(before);
  await channel.close();
  return { cpu_us: (user + system) / messages, per_s: messages / took_ms * 1000 };
}

/** Runs h2load with the same load; null where it is not installed. */
async function h2load({ target, calls, in_flight, connections }: Load): Promise<Figure | null> {
  const body = await Deno.makeTempFile();
  await Deno.writeFile(body, new Uint8Array([0, 0, 0, 0, request.length, ...request]));
  const run = async (count: number) => {
    const streams = Math.ceil(in_flight / connections);
    const args = ["-n", `${count}`, "-c", `${connections}`, "-m", `${streams}`, "-d", body];
    const header = ["-H", "te: trailers", "-H", "content-type: application/grpc"];
    const child = new Deno.Command("time", {
      args: ["-f", "%U %S", "h2load", ...args, ...header, `http://${target}${path}`],
      stdout: "piped",
      stderr: "piped",
    });
    const { stdout, stderr } = await child.output();
    const [user = 0, system = 0] = new TextDecoder().decode(stderr).trim().split(/\s+/).slice(-2).map(Number);
    const text = new TextDecoder().decode(stdout);
    return { cpu_s: user + system, per_s: Number(/, ([\d.]+) req\/s/.exec(text)?.[1] ?? 0) };
  };
  try {
    const [idle, busy] = [await run(in_flight), await run(calls)];
    const each = mode === "stream" ? STREAM_MESSAGES : 1;
    return {
      cpu_us: (busy.cpu_s - idle.cpu_s) * 1e6 / ((calls - in_flight) * each),
      per_s: busy.per_s * each,
    };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  } finally {
    await Deno.remove(body);
  }
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? NaN;
}

function show(name: string, figures: readonly Figure[]): void {
  const cpu = figures.map(({ cpu_us }) => cpu_us);
  const range = `${Math.min(...cpu).toFixed(2)}-${Math.max(...cpu).toFixed(2)}`;
  const rate = Math.round(median(figures.map(({ per_s }) => per_s))).toLocaleString("en");
  console.log(`${name.padEnd(8)} ${median(cpu).toFixed(2)} us CPU (${range})   ${rate}/s`);
}

await wire(load); // lets the code be compiled
const mine: Figure[] = [];
const theirs: Figure[] = [];
for (let round = 0; round < ROUNDS; round++) {
  mine.push(await wire(load));
  const peer = await h2load(load);
  if (peer !== null) theirs.push(peer);
}
show("wire", mine);
if (theirs.length > 0) {
  show("h2load", theirs);
  const ratio = median(mine.map(({ cpu_us }) => cpu_us)) / median(theirs.map(({ cpu_us }) => cpu_us));
  console.log(`ratio    ${ratio.toFixed(2)}`);
}
