/** Whether the machine itself was quiet while something ran: told by a process that has no part in it. */

const WATCHER = `
  let worst = 0;
  let last = performance.now();
  setInterval(() => {
    const now = performance.now();
    worst = Math.max(worst, now - last - 5);
    last = now;
  }, 5);
  for await (const _ of Deno.stdin.readable) {
    console.log(worst.toFixed(1));
    worst = 0;
  }
  Deno.exit(0);
`;

/** The longest a sleeper on a quiet machine is late; milliseconds. */
const QUIET_MS = 10;
/** Share of the time in which some process waited for a processor, on a quiet machine. */
const QUIET_PRESSURE = 0.1;

/** What happened to others meanwhile. */
export interface Watched<T> {
  value: T;
  /** Null: quiet. */
  noise: string | null;
}

/** Runs `body` and tells whether others were held up meanwhile. */
export async function watched<T>(body: () => Promise<T>): Promise<Watched<T>> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["eval", "--quiet", WATCHER],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const [writer, reader] = [child.stdin.getWriter(), child.stdout.pipeThrough(new TextDecoderStream()).getReader()];
  const ask = async () => {
    await writer.write(new TextEncoder().encode("?"));
    return Number((await reader.read()).value);
  };
  await ask();
  const [before_us, begun_ms] = [waited_us(), performance.now()];
  const value = await body();
  const pressure = (waited_us() - before_us) / 1000 / (performance.now() - begun_ms);
  const late_ms = await ask();
  await reader.cancel();
  await writer.close();
  await child.status;
  const noise = late_ms > QUIET_MS
    ? `a sleeper beside it woke up to ${late_ms} ms late`
    : pressure > QUIET_PRESSURE
    ? `processes waited for a processor ${Math.round(pressure * 100)} % of the time`
    : null;
  return { value, noise };
}

/** Time in which some process waited for a processor; 0 where the kernel does not tell. Source: proc_pressure. */
function waited_us(): number {
  try {
    return Number(/some .*total=(\d+)/.exec(Deno.readTextFileSync("/proc/pressure/cpu"))?.[1] ?? 0);
  } catch {
    return 0;
  }
}
