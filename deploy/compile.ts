/**
 * Makes `dist/june-load`, one self-contained file: `deno task compile [FILE]`.
 *
 * If Deno's own site cannot be reached, COMPILE_DENO and DENORT_BIN can name another Deno and its runtime base. The flags
 * below also work with Deno 2.6.
 */
import { V8_FLAGS } from "./v8_flags.ts";

const ROOT = new URL("../", import.meta.url).pathname;

/** Loaded by name at run time, so the compiler cannot see them. */
const INCLUDES = [
  "lib/pool/alarm_worker.ts",
  "lib/pool/user_pool_worker.ts",
  "lib/sim/worker/simulator_worker.ts",
  "lib/driver/inputs/clips",
  "lib/driver/inputs/clips.json",
];

/** All permissions: the readings of the machine are in /proc and /sys, which Deno opens only with all permissions. */
const PERMISSIONS = ["--allow-all"];

/** Packages that only tests import, or that are in a bundle; Deno would embed every package of deno.json. */
const LEFT_OUT = ["playwright-core", "fast-check", "pure-rand", "@types/node", "preact", "htm"];
/** The one file of ECharts' dist folder that a page needs; the others and their source maps are 50 MiB. */
const ECHARTS_FILE = "echarts.min.js";

const deno = Deno.env.get("COMPILE_DENO") ?? Deno.execPath();

/** Paths below Deno's npm cache that the program never reads. */
async function excludes(): Promise<string[]> {
  const { stdout } = await new Deno.Command(deno, { args: ["info", "--json"], stderr: "null" }).output();
  const { npmCache } = JSON.parse(new TextDecoder().decode(stdout)) as { npmCache: string };
  const found: string[] = [];
  for await (const registry of folders(npmCache)) {
    // `--exclude` works only for the folder of a version, not for the folder of a package.
    for (const name of LEFT_OUT) for await (const version of folders(`${registry}/${name}`)) found.push(version);
    for await (const version of folders(`${registry}/echarts`)) {
      found.push(`${version}/types`);
      for await (const { name } of Deno.readDir(`${version}/dist`)) {
        if (name !== ECHARTS_FILE) found.push(`${version}/dist/${name}`);
      }
    }
  }
  return found;
}

/** Folders in `dir`; none when `dir` does not exist, e.g. for a package that was never downloaded. */
async function* folders(dir: string): AsyncGenerator<string> {
  if (!await Deno.stat(dir).then(() => true, () => false)) return;
  for await (const { name, isDirectory } of Deno.readDir(dir)) if (isDirectory) yield `${dir}/${name}`;
}

async function compile(output: string): Promise<void> {
  // Fills the cache, in which `excludes` finds its paths.
  await run(["cache", "--quiet", "main.ts"]);
  const includes = INCLUDES.flatMap((path) => ["--include", path]);
  const left = (await excludes()).flatMap((path) => ["--exclude", path]);
  const flags = ["--quiet", "--no-check", "--unstable-raw-imports", V8_FLAGS, ...PERMISSIONS, ...includes, ...left];
  await run(["compile", ...flags, "--output", output, "main.ts"]);
  const { size } = await Deno.stat(output);
  console.log(`${output}: ${(size / 2 ** 20).toFixed(0)} MiB`);
}

async function run(args: string[]): Promise<void> {
  const { code } = await new Deno.Command(deno, { cwd: ROOT, args }).spawn().status;
  if (code !== 0) Deno.exit(code);
}

await compile(Deno.args[0] ?? `${ROOT}dist/june-load`);
