/** Foreign servers are built when first asked for, into `.cache/`, and built again only when their source changes. */

/** The repository's root, with a final slash. */
export const ROOT = new URL("../../../", import.meta.url).pathname;

/** Where servers are built; ignored by git. */
export const CACHE = `${ROOT}.cache/servers/`;

/**
 * Runs a build step to its end.
 * @throws {Error} when the program is missing or fails, with its words
 */
export async function build(command: string, args: string[], cwd: string): Promise<void> {
  const child = new Deno.Command(command, { args, cwd, stdin: "null", stdout: "piped", stderr: "piped" });
  const { code, stdout, stderr } = await child.output().catch((cause) => {
    throw new Error(`Cannot run "${command}", which this test needs; .ci/run says how to install it`, { cause });
  });
  if (code === 0) return;
  const decoder = new TextDecoder();
  throw new Error(`"${command} ${args.join(" ")}" failed:\n${decoder.decode(stdout)}${decoder.decode(stderr)}`);
}

/**
 * Runs `make` while no other test process does so under the same name: files of tests run side by side and share what
 * they build.
 */
export async function oneAtATime<T>(name: string, make: () => Promise<T>): Promise<T> {
  await Deno.mkdir(CACHE, { recursive: true });
  using lock = await Deno.open(`${CACHE}${name}.lock`, { create: true, write: true });
  await lock.lock(true);
  return await make();
}
