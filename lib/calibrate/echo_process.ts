/** The echo in a process of its own, spoken to in lines. */
import { type EchoAnswer, type EchoLog, type EchoQuestion, now_us } from "../sim/echo/log.ts";

/** Starts this program once more; `input` of the child is piped and its end ends the child. */
export type StartSelf = (part: "echo" | "neighbour") => Deno.ChildProcess;

/** Questions from which the two clocks are known to some ten microseconds. */
const CLOCK_ROUNDS = 20;

/** The running echo. */
export class EchoProcess {
  readonly #child: Deno.ChildProcess;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #lines: AsyncGenerator<string>;
  #port = 0;

  private constructor(child: Deno.ChildProcess) {
    this.#child = child;
    this.#writer = child.stdin.getWriter();
    this.#lines = linesOf(child.stdout);
  }

  /**
   * Starts it.
   * @throws {Error} when it ends instead of listening
   */
  static async start(startSelf: StartSelf): Promise<EchoProcess> {
    const echo = new EchoProcess(startSelf("echo"));
    const first = await echo.#hear();
    if (!("port" in first)) throw new Error("The echo did not say where it listens");
    echo.#port = first.port;
    return echo;
  }

  /** Where it listens. */
  get address(): string {
    return `127.0.0.1:${this.#port}`;
  }

  /**
   * How far its clock is ahead of ours; microseconds. Both count from the same wall clock, read at different times, and some
   * round trips bound the difference.
   */
  async clockOffset(): Promise<number> {
    let [low_us, high_us] = [-Infinity, Infinity];
    for (let round = 0; round < CLOCK_ROUNDS; round++) {
      const asked_us = now_us();
      const answer = await this.#ask("time");
      const heard_us = now_us();
      if (!("now_us" in answer)) throw new Error("The echo did not say what time it has");
      low_us = Math.max(low_us, answer.now_us - heard_us);
      high_us = Math.min(high_us, answer.now_us - asked_us);
    }
    return Math.min(Math.max(0, low_us), high_us);
  }

  /** What it saw since the last call. */
  async take(): Promise<EchoLog> {
    const answer = await this.#ask("take");
    if (!("log" in answer)) throw new Error("The echo did not say what it saw");
    return answer.log;
  }

  /** Ends it. */
  async close(): Promise<void> {
    await endChild(this.#child, this.#writer, this.#lines);
  }

  async #ask(question: EchoQuestion): Promise<EchoAnswer> {
    await this.#writer.write(new TextEncoder().encode(`${question}\n`));
    return await this.#hear();
  }

  async #hear(): Promise<EchoAnswer> {
    const { value, done } = await this.#lines.next();
    if (done) throw new Error("The echo ended early: start june-load calibrate again");
    return JSON.parse(value) as EchoAnswer;
  }
}

/** Runs `body` beside a process that keeps one core busy. */
export async function besideNeighbour<T>(startSelf: StartSelf, body: () => Promise<T>): Promise<T> {
  const child = startSelf("neighbour");
  const writer = child.stdin.getWriter();
  const lines = linesOf(child.stdout);
  try {
    // Its first line says that it is at work.
    await lines.next();
    return await body();
  } finally {
    await endChild(child, writer, lines);
  }
}

async function endChild(
  child: Deno.ChildProcess,
  writer: WritableStreamDefaultWriter<Uint8Array>,
  lines: AsyncGenerator<string>,
): Promise<void> {
  await writer.close().catch(() => {});
  try {
    // By its own id, and no matter how busy it is.
    child.kill("SIGKILL");
  } catch {
    // It has ended already.
  }
  await child.status;
  await lines.return(undefined);
}

/** Lines of a stream. */
export async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  let rest = "";
  for await (const piece of stream.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>)) {
    const lines = (rest + piece).split("\n");
    rest = lines.pop() as string;
    yield* lines;
  }
}
