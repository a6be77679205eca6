/** `june-load ui` as a program of its own, in a folder of its own, and a wire to it that can be cut. */
import assert from "node:assert/strict";
import { join } from "node:path";

/** Two scenarios for the built-in simulator: one of two stages that is stopped in the middle, one that soon ends. */
export const SCENARIOS = `# Loads for the tests of the page.
services:
  grpc:
    llm: { host: "127.0.0.1:50051" }
    tts: { host: "127.0.0.1:50053" }

scenarios:
  long:
    description: "Long: two stages, to be steered"
    think_time: 50ms-150ms
    grace: 2s
    stages:
      few: { duration: 1m30s, users: 2 }
      more: { duration: 1m30s, users: 4 }
    tasks: { llm.chat_stream: 2, tts.synthesize: 1 }
    thresholds:
      - p95(response_time, llm.*) < 5s
      - error_rate < 1%
  short:
    description: "Short: soon over"
    think_time: 50ms-150ms
    grace: 1s
    users: 2
    spawn_rate: 10
    duration: 2s
    tasks: { tts.synthesize: 1 }
`;

/** A running `june-load ui`. */
export interface Program {
  /** With its port, and a slash at the end. */
  address: string;
  /** Where its runs are written. */
  folder: string;
}

const MAIN = new URL("../../../main.ts", import.meta.url).pathname;

/**
 * Runs a test with `june-load ui`, on the simulator where nothing else is asked for; it is interrupted afterwards, and must
 * end well.
 */
export async function withJuneLoad(
  test: (program: Program) => Promise<void>,
  { scenarios = SCENARIOS, sim = true }: { scenarios?: string; sim?: boolean } = {},
): Promise<void> {
  const dir = await Deno.makeTempDir();
  await Deno.writeTextFile(join(dir, "loads.yaml"), scenarios);
  const folder = join(dir, "reports");
  const flags = [...(sim ? ["--sim"] : []), "--port", "0", "--output-dir", folder];
  const args = ["run", "-A", "--no-check", MAIN, "ui", "loads.yaml", ...flags];
  const child = new Deno.Command(Deno.execPath(), { args, cwd: dir, stdout: "piped", stderr: "piped" }).spawn();
  const complaints = new Response(child.stderr).text();
  const lines = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  try {
    await test({ address: await addressIn(lines, complaints), folder });
    child.kill("SIGINT");
    const { code } = await child.status;
    assert.deepEqual([code, /june-load itself failed[^]*/.exec(await complaints)?.[0]], [0, undefined]);
  } finally {
    // Where the test failed it runs on.
    try {
      child.kill("SIGKILL");
    } catch {
      // It has ended.
    }
    await child.status;
    await lines.cancel();
    await Deno.remove(dir, { recursive: true });
  }
}

async function addressIn(lines: ReadableStreamDefaultReader<string>, complaints: Promise<string>): Promise<string> {
  let text = "";
  for (;;) {
    const found = /http:\/\/\S+/.exec(text)?.[0];
    if (found !== undefined && text.includes("\n")) return found;
    const { value, done } = await lines.read();
    if (done) throw new Error(`june-load ended before it served its page: ${text}${await complaints}`);
    text += value;
  }
}

/** A wire to a server of this machine. */
export interface Wire {
  address: string;
  /** Ends all connections, and takes no more. */
  cut(): void;
  /** Takes connections again, at the same address. */
  mend(): void;
  close(): void;
}

/** Lays a wire to the server at an address. */
export function wireTo(address: string): Wire {
  const target = { hostname: "127.0.0.1", port: Number(new URL(address).port) };
  let listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const port = (listener.addr as Deno.NetAddr).port;
  const open = new Set<Deno.Conn>();
  const carry = async (from: Deno.Conn) => {
    const to = await Deno.connect(target);
    for (const one of [from, to]) open.add(one);
    await Promise.allSettled([from.readable.pipeTo(to.writable), to.readable.pipeTo(from.writable)]);
    for (const one of [from, to]) open.delete(one);
  };
  const serve = async (one: Deno.Listener) => {
    for await (const connection of one) void carry(connection).catch(() => {});
  };
  void serve(listener).catch(() => {});
  const cut = () => {
    listener.close();
    for (const one of open) {
      try {
        one.close();
      } catch {
        // It has ended by itself.
      }
    }
    open.clear();
  };
  const mend = () => {
    listener = Deno.listen({ hostname: "127.0.0.1", port });
    void serve(listener).catch(() => {});
  };
  return { address: `http://127.0.0.1:${port}/`, cut, mend, close: cut };
}
