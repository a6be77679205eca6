/** Whisper, Piper and SmolLM2 behind OpenAI's interface, in a process that keeps a log of every request. */
import { startChild } from "../conformance/servers/child.ts";
import { pythonWith } from "../foreign/python.ts";

const SOURCE = new URL("./engines/", import.meta.url).pathname;

/** Texts of speech synthesis, prompts of the language model and words of the clips; one a line. */
export const SENTENCES = new URL("./sentences.txt", import.meta.url).pathname;

/** One request as the server saw it: seconds of its own monotonic clock. */
export interface Logged {
  kind: "stt" | "llm" | "tts";
  /** Its headers, and its body, were there. */
  arrive: number;
  body: number;
  /** The first and the last content, and the end, were handed to the socket. */
  first: number;
  last: number;
  end: number;
  /** What came in one piece. */
  whole?: boolean;
  /** What was heard, answered or spoken. */
  text: string;
  /** Length of the speech that was heard or made; seconds. */
  audio_s: number;
  prompt_tokens: number;
  completion_tokens: number;
  /** The longest that the server came too late to anything meanwhile. */
  late: number;
}

/** The engines at work. */
export interface Engines {
  /** With the path of the interface. */
  url: string;
  /** Requests that ended since the last call of this, in the order of their arrival. */
  requests(): Promise<Logged[]>;
  stop(): Promise<void>;
}

/** The interpreter of the engines; installing them takes a minute and 880 MB for the first time. */
const enginesPython = (): Promise<string> => pythonWith("voice", SOURCE);

/** Loads the engines; some seconds. */
export async function startEngines(): Promise<Engines> {
  const python = await enginesPython();
  const log = await Deno.makeTempFile({ suffix: ".jsonl" });
  const readPort = (line: string) => /^port (\d+)$/.test(line) ? Number(line.slice("port ".length)) : null;
  const { target, kill } = await startChild(
    python,
    [`${SOURCE}server.py`, log],
    readPort,
    (port) => `127.0.0.1:${port}`,
  );
  let read = 0;
  return {
    url: `http://${target}/v1`,
    async requests() {
      const lines = (await Deno.readTextFile(log)).split("\n").slice(0, -1);
      const fresh = lines.slice(read).map((line) => JSON.parse(line) as Logged);
      read = lines.length;
      return fresh.sort((a, b) => a.arrive - b.arrive);
    },
    async stop() {
      await kill();
      await Deno.remove(log);
    },
  };
}

/** Runs one of the scripts beside the engines to its end; what it wrote. */
export async function engineScript(name: string, args: string[], input: string): Promise<string> {
  const child = new Deno.Command(await enginesPython(), {
    args: [`${SOURCE}${name}`, ...args],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const written = new Blob([input]).stream().pipeTo(child.stdin);
  const { success, stdout, stderr } = await child.output();
  await written.catch(() => {}); // It ended first: its own words say why.
  if (!success) throw new Error(`"${name}" failed:\n${new TextDecoder().decode(stderr)}`);
  return new TextDecoder().decode(stdout);
}
