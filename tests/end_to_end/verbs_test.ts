import assert from "node:assert/strict";
import { inFolder, june, runFolder, SMOKE, start } from "./cli.ts";

const VERBS = [
  "run",
  "report",
  "compare",
  "history",
  "check",
  "describe",
  "sim",
  "calibrate",
  "scenarios",
  "init",
  "schema",
  "version",
  "completion",
];

Deno.test("--help lists every verb, and each verb's --help shows how it is called", async () => {
  const { code, stdout } = await june("--help");
  assert.equal(code, 0);
  const helps = await Promise.all(VERBS.map((verb) => june(verb, "--help")));
  for (const [i, verb] of VERBS.entries()) {
    assert.match(stdout, new RegExp(`^ +${verb} `, "m"));
    assert.equal(helps[i]!.code, 0);
    assert.match(helps[i]!.stdout, new RegExp(`june-load ${verb}`));
  }
});

Deno.test("version names june-load, its version and what it runs on", async () => {
  const { stdout } = await june("version");
  assert.match(stdout, /^june-load \d+\.\d+\.\d+ \(\S+, Deno \S+, V8 \S+\)\n$/);
});

Deno.test("scenarios lists the built-in ones, prints one, and lists those of a file", async () => {
  const list = await june("scenarios");
  for (const name of ["smoke", "demo", "conversation", "baseline", "target", "ramp_up", "spike", "open", "sustained"]) {
    assert.match(list.stdout, new RegExp(`^${name} +\\S`, "m"));
  }
  const spike = await june("scenarios", "--show", "spike");
  assert.match(spike.stdout, /users: 500/);
  assert.match((await june("scenarios", SMOKE)).stdout, /^smoke/);
});

Deno.test("schema prints a JSON Schema that names every top-level key", async () => {
  const { stdout } = await june("schema");
  const schema = JSON.parse(stdout);
  assert.deepEqual(Object.keys(schema.properties).sort(), ["metrics", "reports", "scenarios", "services"]);
});

Deno.test("init writes a scenario that runs as it is, and never overwrites one", async () => {
  await inFolder(async (dir) => {
    const file = `${dir}/my.yaml`;
    assert.equal((await june("init", file, "--target", "llm=gpu-1:50051")).code, 0);
    const plan = await june("run", file, "--dry-run");
    assert.equal(plan.code, 0, plan.stderr);
    assert.match(plan.stdout, /gpu-1:50051/);
    const again = await june("init", file);
    assert.equal(again.code, 4);
    assert.match(again.stderr, /my\.yaml" already exists: name another file/);
  });
});

Deno.test("completion proposes verbs and flags", async () => {
  assert.match((await june("completion", "bash")).stdout, /complete .* june-load/);
  assert.match((await june("__complete", "--", "sc")).stdout, /^scenarios\t/m);
  assert.match((await june("__complete", "--", "run", "--th")).stdout, /^--threshold\t/m);
  const unknown = await june("completion", "tcsh");
  assert.equal(unknown.code, 2);
  assert.match(unknown.stderr, /Cannot complete for "tcsh": use one of bash, zsh, fish/);
});

Deno.test("check shows all services of a simulator in a table", async () => {
  const sim = start([
    "sim",
    "--llm-port",
    "0",
    "--stt-port",
    "0",
    "--tts-port",
    "0",
    "--http-port",
    "0",
    "--fault",
    "tts.unhealthy",
  ]);
  await sim.until("Ctrl-C ends it");
  try {
    const targets = [...sim.seen().matchAll(/(llm|stt|tts) (127\.0\.0\.1:\d+)/g)];
    assert.equal(targets.length, 3);
    const flags = targets.flatMap(([, service, address]) => ["--target", `${service}=${address}`]);
    const { code, stdout } = await june("check", "smoke", ...flags);
    assert.equal(code, 0, stdout);
    assert.match(stdout, /✓ +llm .* serving /);
    assert.match(stdout, /! +tts .* unhealthy /);
  } finally {
    sim.child.kill("SIGINT");
    await sim.finished;
  }
});

Deno.test("report --compare says what changed between two runs, and the result it compared with", async () => {
  await inFolder(async (dir) => {
    await june("run", SMOKE, "--sim", "--output-dir", `${dir}/old`);
    await june("run", SMOKE, "--sim", "--fault", "latency_factor=3", "--output-dir", `${dir}/new`);
    const [old, fresh] = [await runFolder(`${dir}/old`, "smoke"), await runFolder(`${dir}/new`, "smoke")];
    const { stdout } = await june("report", fresh, "--compare", old);
    assert.match(stdout, /\ncompared with .*\n(SLOWER|WORSE|MIXED|NO CHANGE SEEN|CANNOT TELL|NOT COMPARABLE) {2}/);
    const text = await Deno.readTextFile(`${fresh}/comparison.txt`);
    assert.match(text, /tts\.synthesize/);
    assert.match(text, /P95/i);
    assert.ok(text.includes(old), text);
  });
});
