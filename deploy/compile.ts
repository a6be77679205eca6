/**
 * Makes `dist/june-load`, the single file that needs nothing beside it: `deno task compile`.
 *
 * Where Deno's own site cannot be reached, another Deno and its runtime base can be named in COMPILE_DENO and DENORT_BIN;
 * the flags below are those that Deno 2.6 needs too.
 */
const ROOT = new URL("../", import.meta.url).pathname;

/** Loaded by name at run time, so the compiler cannot see them. */
const INCLUDES = [
  "lib/pool/user_pool_worker.ts",
  "lib/sim/simulator_worker.ts",
  "lib/driver/inputs/clips",
  "lib/driver/inputs/clips.json",
];

/** What june-load may do on the machine: the network, files, its own environment, and one program. */
const PERMISSIONS = [
  "--allow-net",
  "--allow-read",
  "--allow-write",
  "--allow-env",
  "--allow-sys",
  "--allow-run=nvidia-smi",
];

const [output = `${ROOT}dist/june-load`] = Deno.args;
const deno = Deno.env.get("COMPILE_DENO") ?? Deno.execPath();
const { code } = await new Deno.Command(deno, {
  cwd: ROOT,
  args: [
    "compile",
    "--no-check",
    "--unstable-raw-imports",
    ...PERMISSIONS,
    ...INCLUDES.flatMap((path) => ["--include", path]),
    "--output",
    output,
    "main.ts",
  ],
}).spawn().status;
if (code !== 0) Deno.exit(code);
const { size } = await Deno.stat(output);
console.log(`${output}: ${(size / 2 ** 20).toFixed(0)} MiB`);
