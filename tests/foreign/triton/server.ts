/** NVIDIA's tritonserver in a child process, out of its Python wheel. */
import { askOver } from "../../../lib/driver/rpc/standard_health.ts";
import { CHANNEL_DEFAULTS } from "../../../lib/transport/channel.ts";
import { StatusCode } from "../../../lib/transport/status.ts";
import { openWireChannel } from "../../../lib/transport/wire/wire.ts";
import { ModelRequest, PATHS } from "../../../proto/kserve.ts";
import { build } from "../servers/cache.ts";
import { freePort } from "../servers/daemon.ts";
import { pythonWith } from "../python.ts";

const SOURCE = new URL("./", import.meta.url).pathname;
/** Starting takes about 3 s, on a busy machine several times that. */
const READY_WITHIN_MS = 60_000;

/** A Triton at work, with the models of start.py. */
export interface RunningTriton {
  target: string;
  stop(): Promise<void>;
}

/**
 * Installs the wheel into a virtual environment, 55 MB and about 15 s for the first time, and Debian's libpython where
 * the backend lacks it; then starts the server.
 * @throws {Error} when it cannot be installed or does not start; its words are in the message
 */
export async function startTriton(): Promise<RunningTriton> {
  const python = await pythonWith("triton", SOURCE);
  await needLibraries(python);
  const folder = await Deno.makeTempDir({ prefix: "june-load-triton-" });
  const port = freePort();
  const child = new Deno.Command(python, {
    args: [`${SOURCE}start.py`, folder, `${port}`],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const errors = new Response(child.stderr).text();
  const stop = async () => {
    await child.stdin.close().catch(() => {});
    await child.status;
    await errors;
    await Deno.remove(folder, { recursive: true });
  };
  const timer = setTimeout(() => child.kill("SIGTERM"), READY_WITHIN_MS);
  const lines = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  try {
    const { value = "" } = await lines.read();
    if (!value.startsWith("port ")) throw new Error(`Triton did not start: ${await errors}`);
    await untilLoaded(`127.0.0.1:${port}`);
    return { target: `127.0.0.1:${port}`, stop };
  } catch (error) {
    await stop();
    throw error;
  } finally {
    clearTimeout(timer);
    await lines.cancel();
  }
}

/** Triton listens before it has loaded its models, and refuses all questions until then. */
async function untilLoaded(target: string): Promise<void> {
  const channel = openWireChannel(target, CHANNEL_DEFAULTS);
  const ask = askOver(channel, [], READY_WITHIN_MS);
  const request = ModelRequest.encode({ name: "words" });
  const deadline = performance.now() + READY_WITHIN_MS;
  for (;;) {
    const { status } = await ask(PATHS.modelReady, request);
    if (status.code === StatusCode.OK) break;
    if (performance.now() > deadline) throw new Error(`Triton did not load its models: ${status.details}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  await channel.close();
}

/** The backend is linked against the interpreter's library, which Debian packs apart. */
async function needLibraries(python: string): Promise<void> {
  const ask = new Deno.Command(python, { args: [`${SOURCE}start.py`, "--missing"], stdout: "piped", stderr: "piped" });
  const missing = async () => {
    const { success, stdout, stderr } = await ask.output();
    if (!success) throw new Error(new TextDecoder().decode(stderr));
    return new TextDecoder().decode(stdout).trim();
  };
  const [name] = /libpython\d+\.\d+/.exec(await missing()) ?? [];
  if (name === undefined) return;
  await build("apt-get", ["update", "-qq"], "/");
  await build("apt-get", ["install", "-y", "-qq", "--no-install-recommends", name], "/");
  const still = await missing();
  if (still !== "") {
    throw new Error(`Triton's Python backend lacks ${still}, which Debian's package ${name} should hold`);
  }
}
