/** The judge: tcpdump on the loopback. */

/** Longest that the kernel keeps packets before it hands them to tcpdump, with a margin; milliseconds. */
const HOLD_MS = 1500;
const BUFFER_KIB = 256 * 1024;

/** What tcpdump counted. */
export interface CaptureCounts {
  captured: number;
  /** Packets that found no room; null: tcpdump did not say. */
  dropped: number | null;
}

/**
 * Why nothing can be captured here, with what to do; null: it can.
 * @param program that captures
 */
export async function whyNoCapture(program = "tcpdump"): Promise<string | null> {
  if (Deno.build.os !== "linux") return "the capture reads Linux's loopback; run it on Linux";
  if (Deno.uid() !== 0) return "a packet capture needs root; run it as root";
  if (await starts(program)) return null;
  return `there is no ${program}; on Debian and Ubuntu: apt-get install -y tcpdump`;
}

async function starts(program: string): Promise<boolean> {
  try {
    const { success } = await new Deno.Command(program, { args: ["--version"], stdout: "null", stderr: "null" })
      .output();
    return success;
  } catch {
    return false;
  }
}

/** A running capture. */
export class Tcpdump {
  readonly #child: Deno.ChildProcess;
  readonly #told: Promise<string>;

  private constructor(child: Deno.ChildProcess, told: Promise<string>) {
    this.#child = child;
    this.#told = told;
  }

  /**
   * Captures the connections to some ports of this machine in a file.
   * @throws {Error} with tcpdump's words when it does not begin
   */
  static async start(file: string, ports: readonly number[]): Promise<Tcpdump> {
    const filter = ports.map((port) => `port ${port}`).join(" or ");
    const options = ["-i", "lo", "-n", "-s", "0", "-B", `${BUFFER_KIB}`, "--time-stamp-precision=nano", "-Z", "root"];
    // At the lowest priority: it writes down what has happened, and must take no time from what happens.
    const child = new Deno.Command("nice", {
      args: ["-n", "19", "tcpdump", ...options, "-w", file, `tcp and (${filter})`],
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).spawn();
    const began = Promise.withResolvers<void>();
    const told = readAll(child.stderr, (text) => text.includes("listening on") && began.resolve());
    void told.then((text) => began.reject(new Error(`tcpdump did not begin: ${text.trim()}`)));
    await began.promise;
    return new Tcpdump(child, told);
  }

  /** Ends it, once it has what the kernel still holds. */
  async stop(): Promise<CaptureCounts> {
    await new Promise((resolve) => setTimeout(resolve, HOLD_MS));
    this.#child.kill("SIGINT");
    await this.#child.status;
    return countsOf(await this.#told);
  }
}

/** Reads tcpdump's last words. */
export function countsOf(told: string): CaptureCounts {
  const dropped = /(\d+) packets? dropped by kernel/.exec(told)?.[1];
  return {
    captured: Number(/(\d+) packets? captured/.exec(told)?.[1] ?? 0),
    dropped: dropped === undefined ? null : Number(dropped),
  };
}

async function readAll(stream: ReadableStream<Uint8Array>, onText: (all: string) => void): Promise<string> {
  let all = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>)) {
    all += text;
    onText(all);
  }
  return all;
}
