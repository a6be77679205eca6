/** The load generators of others, each at its defaults. */
import { measure } from "./child.ts";
import { type Client, type Figures, type Load, PARAMS, PROMPT, requestBytes, STREAM_MESSAGES } from "./load.ts";
import { PROGRAMS } from "./programs.ts";

/** How many calls make a run of a second or more, by in flight = 1, more, and streams. */
type Sizes = readonly [one: number, many: number, streams: number];

const methodOf = ({ stream }: Load) => stream ? "GenerateStream" : "Generate";

function callsOf([one, many, streams]: Sizes, { stream, in_flight }: Load, base: boolean): number {
  return base ? in_flight : stream ? streams : in_flight === 1 ? one : many;
}

const unitsOf = ({ stream }: Load, calls: number) => stream ? calls * STREAM_MESSAGES : calls;

/** h2load: frames HTTP/2 in C and knows nothing of gRPC; its request is canned bytes, its replies are not read. */
export const h2load: Client = {
  name: "h2load",
  async run(load, base) {
    const { stdout, ...used } = await h2loadRun(load, callsOf([40_000, 400_000, 8000], load, base));
    const succeeded = Number(/(\d+) succeeded/.exec(stdout)?.[1]);
    const per_s = Number(/, ([\d.]+) req\/s/.exec(stdout)?.[1]);
    return { ...used, units: unitsOf(load, succeeded), per_s: unitsOf(load, per_s), p50_us: null };
  },
};

async function h2loadRun(load: Load, calls: number, more: string[] = []) {
  const body = await Deno.makeTempFile();
  const request = requestBytes(load.stream);
  await Deno.writeFile(body, new Uint8Array([0, 0, 0, 0, request.length, ...request]));
  const headers = ["-H", "te: trailers", "-H", "content-type: application/grpc"];
  const url = `http://${load.address}/june.llm.LLMInference/${methodOf(load)}`;
  const amount = ["-n", `${calls}`, "-c", "1", "-m", `${load.in_flight}`];
  try {
    return await measure([PROGRAMS.h2load, ...amount, ...more, "-d", body, ...headers, url]);
  } finally {
    await Deno.remove(body);
  }
}

/** Median time of a call under h2load; it tells no percentiles, so its log of every call is read. Microseconds. */
export async function h2loadMedian(load: Load): Promise<number> {
  const log = await Deno.makeTempFile();
  try {
    await h2loadRun(load, 20_000, [`--log-file=${log}`]);
    const took_us = (await Deno.readTextFile(log)).trim().split("\n").map((line) => Number(line.split("\t")[2]));
    return took_us.sort((a, b) => a - b)[took_us.length >> 1] ?? NaN;
  } finally {
    await Deno.remove(log);
  }
}

/** The least that grpc-go needs: bench/server/client.go. */
export const grpcGo: Client = {
  name: "grpc-go client",
  async run(load, base) {
    const calls = callsOf([25_000, 100_000, 4000], load, base);
    const shape = load.stream ? ["-stream"] : [];
    const amount = ["-in-flight", `${load.in_flight}`, "-calls", `${calls}`, "-tokens", `${STREAM_MESSAGES}`];
    const command = [PROGRAMS.bench, "client", "-address", load.address, ...shape, ...amount];
    const { stdout, ...used } = await measure(command);
    const told = JSON.parse(stdout) as { messages: number; per_s: number; p50_us: number };
    return { ...used, units: told.messages, per_s: told.per_s, p50_us: told.p50_us };
  },
};

const ghzCommand = (load: Load, limits: string[]) => [
  PROGRAMS.ghz,
  ...["--insecure", "--proto", "proto/llm.proto", "--call", `june.llm.LLMInference.${methodOf(load)}`],
  ...["-d", JSON.stringify({ prompt: PROMPT, params: PARAMS, stream: load.stream })],
  ...["--connections", "1", "-O", "json", ...limits, load.address],
];

/** Runs ghz and reads its JSON. */
export async function ghzRun(load: Load, limits: string[]): Promise<Figures> {
  const { stdout, ...used } = await measure(ghzCommand(load, limits));
  const told = JSON.parse(stdout) as {
    count: number;
    rps: number;
    statusCodeDistribution: Record<string, number>;
    latencyDistribution: { percentage: number; latency: number }[] | null;
  };
  const p50_ns = told.latencyDistribution?.find(({ percentage }) => percentage === 50)?.latency ?? NaN;
  const units = unitsOf(load, told.statusCodeDistribution["OK"] ?? 0);
  return { ...used, units, per_s: unitsOf(load, told.rps), p50_us: p50_ns / 1000 };
}

/** ghz at its defaults. */
export const ghz: Client = {
  name: "ghz",
  async run(load, base) {
    const calls = callsOf([8000, 25_000, 2000], load, base);
    return await ghzRun(load, ["-c", `${load.in_flight}`, "-n", `${calls}`]);
  },
};

/** Runs k6 with bench/peers/k6.js and reads what that prints. */
export async function k6Run(load: Load, options: Record<string, unknown>): Promise<Figures> {
  const env = {
    ADDRESS: load.address,
    STREAM: load.stream ? "1" : "",
    REQUEST: JSON.stringify({ prompt: PROMPT, params: PARAMS, stream: load.stream }),
    SCENARIO: JSON.stringify(options),
    PROTO: `${PROGRAMS.root}proto`,
  };
  const variables = Object.entries(env).flatMap(([name, value]) => ["-e", `${name}=${value}`]);
  const command = [PROGRAMS.k6, "run", "-q", "--no-usage-report", ...variables, "bench/peers/k6.js"];
  const { stdout, ...used } = await measure(command);
  const told = JSON.parse(stdout.slice(stdout.lastIndexOf('{"calls"'))) as {
    calls: number;
    messages: number;
    seconds: number;
    p50_ms: number;
  };
  const units = load.stream ? told.messages : told.calls;
  return { ...used, units, per_s: units / told.seconds, p50_us: told.p50_ms * 1000 };
}

/** k6 with one connection per virtual user, which is all it can do. */
export const k6: Client = {
  name: "k6",
  async run(load, base) {
    const { in_flight: vus } = load;
    return await k6Run(
      load,
      base
        ? { executor: "shared-iterations", vus, iterations: vus, maxDuration: "1m" }
        : { executor: "constant-vus", vus, duration: "3s" },
    );
  },
};
