/** Python with packages of its own, in a virtual environment under `.cache/`. */
import { build, CACHE, oneAtATime } from "./servers/cache.ts";

const installing = new Map<string, Promise<string>>();

/**
 * The Python interpreter of an environment that holds what `source`/requirements.txt lists, and nothing else. It is made
 * when first asked for, some 15 s, and again only when the list changes.
 * @param name of the environment
 * @param source folder, with a final slash
 */
export function pythonWith(name: string, source: string): Promise<string> {
  let found = installing.get(name);
  if (found === undefined) installing.set(name, found = oneAtATime(name, () => install(name, source)));
  return found;
}

async function install(name: string, source: string): Promise<string> {
  const venv = `${CACHE}${name}`;
  const requirements = await Deno.readTextFile(`${source}requirements.txt`);
  const mark = `${venv}/installed.txt`;
  if (await Deno.readTextFile(mark).catch(() => null) !== requirements) {
    await build("python3", ["-m", "venv", "--clear", venv], source);
    const quiet = ["--quiet", "--disable-pip-version-check", "--no-deps"];
    await build(`${venv}/bin/pip`, ["install", ...quiet, "-r", "requirements.txt"], source);
    await Deno.writeTextFile(mark, requirements);
  }
  return `${venv}/bin/python`;
}
