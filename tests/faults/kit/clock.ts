/** A clock of day that one process sees, and that can be stepped. */

/** Ready to be used by june-load. */
export interface Clock {
  /** Words of a shell that put what they run under this clock. */
  before: string;
  /** Adds so much to the time of day, from now on. */
  step(by_s: number): Promise<void>;
}

const SOURCE = new URL("clock.c", import.meta.url).pathname;

/** Makes one in `dir`; a string: why there is none. */
export async function makeClock(dir: string): Promise<Clock | string> {
  const [library, offset] = [`${dir}/clock.so`, `${dir}/offset`];
  const built = await new Deno.Command("cc", { args: ["-shared", "-fPIC", "-O1", "-o", library, SOURCE] }).output()
    .catch(() => null);
  if (built === null || !built.success) return "a clock that can be stepped needs a C compiler";
  await Deno.writeFile(offset, new Uint8Array(8));
  const step = async (by_s: number) => {
    // In place: whoever has mapped the file must always find eight bytes.
    using file = await Deno.open(offset, { write: true });
    await file.write(new Uint8Array(BigInt64Array.of(BigInt(by_s)).buffer));
  };
  const before = `export LD_PRELOAD=${library} JUNE_LOAD_CLOCK=${offset}`;
  await step(-86_400);
  const args = ["-c", `${before}; exec "$0" eval "console.log(Date.now())"`, Deno.execPath()];
  const { stdout } = await new Deno.Command("sh", { args }).output();
  if (Number(new TextDecoder().decode(stdout)) > Date.now() - 80_000_000) return "Deno does not ask this clock";
  await step(0);
  return { before, step };
}
