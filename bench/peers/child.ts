/** Child processes: one that is measured, and the server they all call. */
import { PROGRAMS } from "./programs.ts";

/** What a finished child used, all its threads together. */
export interface Usage {
  /** User and system time; seconds. */
  cpu_s: number;
  /** Peak resident memory. */
  rss_bytes: number;
  wall_s: number;
}

/** A child that has ended well. */
export interface Finished extends Usage {
  stdout: string;
}

/**
 * Runs a command to its end.
 * @param good exit codes of a command that did what it was to do
 * @throws {Error} with its output when it fails
 */
export async function measure(command: readonly string[], good: readonly number[] = [0]): Promise<Finished> {
  const usage = await Deno.makeTempFile({ prefix: "usage_" });
  try {
    const child = new Deno.Command(PROGRAMS.bench, {
      args: ["measure", usage, ...command],
      cwd: PROGRAMS.root,
      stdout: "piped",
      stderr: "piped",
    });
    const { code, stdout, stderr } = await child.output();
    const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes)) as [string, string];
    if (!good.includes(code)) throw new Error(`Failed: ${command.join(" ")}\n${out.slice(-2000)}${err.slice(-2000)}`);
    return { stdout: out, ...JSON.parse(await Deno.readTextFile(usage)) as Usage };
  } finally {
    await Deno.remove(usage);
  }
}

/** A running Go server. */
export interface Server {
  address: string;
  stop(): Promise<void>;
}

/** Starts the Go server on a free port. @param gap between the chunks of a stream, as Go writes it: `20ms` */
export async function startServer(gap = "0s"): Promise<Server> {
  const child = new Deno.Command(PROGRAMS.bench, { args: ["serve", "-gap", gap], stdout: "piped" }).spawn();
  const reader = child.stdout.getReader();
  const { value } = await reader.read();
  const port = /port (\d+)/.exec(new TextDecoder().decode(value))?.[1];
  if (port === undefined) throw new Error("The Go server did not say its port");
  return {
    address: `127.0.0.1:${port}`,
    async stop() {
      child.kill();
      await child.status;
      await reader.cancel();
    },
  };
}
