/** Runs a server in a child process that says where it listens in its first line of output. */
import type { RunningServer } from "./server.ts";

/**
 * Starts a command and waits for the first line on its standard output that `readPort` accepts. The child's standard
 * input stays open until `kill`, so a server may end itself when its parent is gone.
 * @throws {Error} when the child ends first, or says nothing within 30 s; its error output is in the message.
 */
export async function startChild(
  command: string,
  args: string[],
  readPort: (line: string) => number | null,
  target: (port: number) => string,
): Promise<RunningServer> {
  const child = new Deno.Command(command, { args, stdin: "piped", stdout: "piped", stderr: "piped" }).spawn();
  const errors: string[] = [];
  const drained = drain(child.stderr, (text) => errors.push(text));
  const ready = Promise.withResolvers<number>();
  const timer = setTimeout(() => ready.reject(new Error(`No word from "${command}" within 30 s`)), 30_000);
  let seen = "";
  const read = drain(child.stdout, (text) => {
    seen += text;
    for (const line of seen.split("\n").slice(0, -1)) {
      const port = readPort(line);
      if (port !== null) ready.resolve(port);
    }
    seen = seen.slice(seen.lastIndexOf("\n") + 1);
  }).then(() => ready.reject(new Error(`"${command}" ended before it was ready: ${errors.join("")}`)));
  const kill = async () => {
    clearTimeout(timer);
    try {
      child.kill("SIGKILL");
    } catch (error) {
      if (!(error instanceof TypeError)) throw error; // It has ended already.
    }
    await Promise.allSettled([child.stdin.close(), child.status, drained, read]);
  };
  try {
    const port = await ready.promise;
    return { target: target(port), port, kill };
  } catch (error) {
    await kill();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

async function drain(stream: ReadableStream<Uint8Array>, take: (text: string) => void): Promise<void> {
  for await (const text of stream.pipeThrough(new TextDecoderStream() as TransformStream<Uint8Array, string>)) {
    take(text);
  }
}
