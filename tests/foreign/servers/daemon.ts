/** Servers that cannot say which port they got: they are given a free one and asked until they answer. */
import type { RunningServer } from "../../conformance/servers/server.ts";

/** How often and how long a new server is asked. */
const ASK_EVERY_MS = 20;
const READY_WITHIN_MS = 10_000;

/** A loopback port that nobody listens on. */
export function freePort(): number {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  return port;
}

/**
 * Starts a program that is to listen on `port`.
 * @param target what clients are given
 * @throws {Error} when the program is missing, ends, or does not listen within 10 s; its output is in the message
 */
export async function startDaemon(
  command: string,
  args: string[],
  port: number,
  target: string,
): Promise<RunningServer> {
  let child: Deno.ChildProcess;
  try {
    child = new Deno.Command(command, { args, stdin: "null", stdout: "piped", stderr: "piped" }).spawn();
  } catch (cause) {
    throw new Error(`Cannot run "${command}", which this test needs; .ci/run says how to install it`, { cause });
  }
  const output = Promise.all([child.stdout, child.stderr].map((stream) => new Response(stream).text()));
  let ended = false;
  const over = child.status.then(() => ended = true);
  const kill = async () => {
    if (!ended) child.kill("SIGKILL");
    await Promise.all([over, output]);
  };
  const deadline = performance.now() + READY_WITHIN_MS;
  while (!await listens(port)) {
    if (ended) throw new Error(`"${command}" ended before it was ready: ${(await output).join("")}`);
    if (performance.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS));
      continue;
    }
    await kill();
    throw new Error(`"${command}" did not listen within ${READY_WITHIN_MS / 1000} s: ${(await output).join("")}`);
  }
  return { target, port, kill };
}

async function listens(port: number): Promise<boolean> {
  try {
    (await Deno.connect({ hostname: "127.0.0.1", port })).close();
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.ConnectionRefused) return false;
    throw error;
  }
}
