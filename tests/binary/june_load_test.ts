/** The compiled binary in an empty folder, with an empty environment. */
import assert from "node:assert/strict";
import { Alone, type Ended, filesBelow } from "./alone.ts";

const ROOT = new URL("../../", import.meta.url).pathname;
const REMEDY = "run: deno task compile";
const REPORT = ["analysis/metrics.csv", "analysis/summary.txt", ".html", ".json", "_stats.csv", "_stats_history.csv"];

function test(name: string, body: (june: Alone) => Promise<void>): void {
  Deno.test(`the binary: ${name}`, async () => {
    await using june = await Alone.with(`${ROOT}dist/june-load`, REMEDY);
    await body(june);
  });
}

function expectCode({ code, stdout, stderr }: Ended, expected: number): void {
  assert.equal(code, expected, `${stdout}\n${stderr}`);
}

test("version", async (june) => {
  const ended = await june.run("version");
  expectCode(ended, 0);
  const { version } = JSON.parse(await Deno.readTextFile(`${ROOT}deno.json`)) as { version: string };
  assert.ok(ended.stdout.startsWith(`june-load ${version} `), ended.stdout);
});

test("--help", async (june) => {
  const ended = await june.run("--help");
  expectCode(ended, 0);
  for (const verb of ["run", "report", "check", "describe", "sim", "scenarios", "schema"]) {
    assert.match(ended.stdout, new RegExp(`^  ${verb} `, "m"));
  }
});

test("scenarios, and the text of one", async (june) => {
  const ended = await june.run("scenarios");
  expectCode(ended, 0);
  const names = ended.stdout.trim().split("\n").map((line) => line.split(" ")[0]);
  for await (const { name } of Deno.readDir(`${ROOT}scenarios`)) {
    assert.ok(names.includes(name.replace(/\.yaml$/, "")), `${name} is missing`);
  }
  assert.match((await june.run("scenarios", "--show", "smoke")).stdout, /^scenarios?:/m);
});

test("schema", async (june) => {
  const ended = await june.run("schema");
  expectCode(ended, 0);
  assert.ok("properties" in JSON.parse(ended.stdout));
});

test("describe, from .proto files with an import and well-known types", async (june) => {
  const protos = `${ROOT}tests/driver/grpc/protos/`;
  await Deno.mkdir(`${june.folder}/parts`);
  for (const file of ["shop.proto", "parts/legacy.proto", "parts/modern.proto"]) {
    await Deno.copyFile(`${protos}${file}`, `${june.folder}/${file}`);
  }
  const ended = await june.run("describe", "--proto", "shop.proto", "Shop/Order");
  expectCode(ended, 0);
  assert.match(ended.stdout, /^ +due: "2026-01-31T12:00:00Z" # google\.protobuf\.Timestamp$/m);
});

test("a dry run makes nothing", async (june) => {
  const ended = await june.run("run", "demo", "--dry-run");
  expectCode(ended, 0);
  assert.match(ended.stdout, /^scenario +demo/m);
  assert.deepEqual(await june.files(), []);
});

test("a wrong flag", async (june) => {
  const ended = await june.run("run", "demo", "--user", "3");
  expectCode(ended, 2);
  assert.match(ended.stderr, /--users/);
});

test("a run against its own simulator over the wire transport, with its report", async (june) => {
  const load = ["--duration", "3s", "--users", "6", "--spawn-rate", "6"];
  expectCode(await june.run("run", "smoke", "--sim", ...load, "--transport", "wire"), 0);
  const files = await june.files();
  for (const end of [...REPORT, "result.ndjson"]) {
    assert.ok(files.some((file) => file.endsWith(end)), `No "${end}" in ${files.join(", ")}`);
  }
  assert.ok(files.every((file) => file.startsWith("reports/smoke/")), files.join(", "));
  const result = await Deno.readTextFile(`${june.folder}/${files.find((file) => file.endsWith("result.ndjson"))}`);
  const lines = result.trim().split("\n").map((line) => JSON.parse(line) as Record<string, unknown>);
  assert.equal(lines.at(-1)?.["unaccounted"], 0);
  const host = lines.findLast(({ type }) => type === "host");
  for (const reading of ["cpu_percent", "memory_used_bytes", "own_cpu_percent"]) {
    assert.equal(typeof host?.[reading], "number", `The machine's ${reading} is missing`);
  }
});

test("a report from a saved result is, byte for byte, the one the source makes", async (june) => {
  const made = await Deno.makeTempDir({ prefix: "june-load-result-" });
  try {
    const run = ["run", "smoke", "--sim", "--duration", "2s", "--quiet", "--output-dir", made];
    await new Deno.Command(Deno.execPath(), { args: ["run", "-A", `${ROOT}main.ts`, ...run] }).output();
    const result = (await filesBelow(made)).find((file) => file.endsWith("result.ndjson"));
    assert.ok(result !== undefined, "The run left no result");
    const source = `${made}/${result.replace(/\/result\.ndjson$/, "")}`;
    const ended = await june.run("report", `${made}/${result}`, "--output-dir", "again");
    assert.ok(ended.code === 0 || ended.code === 99, ended.stdout + ended.stderr);
    const files = (await filesBelow(source)).filter((file) => file !== "result.ndjson");
    assert.deepEqual(await filesBelow(`${june.folder}/again`), files);
    for (const file of files) {
      const [ours, theirs] = await Promise.all(
        [source, `${june.folder}/again`].map((at) => Deno.readFile(`${at}/${file}`)),
      );
      assert.ok(ours!.every((byte, i) => byte === theirs![i]) && ours!.length === theirs!.length, `${file} differs`);
    }
  } finally {
    await Deno.remove(made, { recursive: true });
  }
});

test("calibrate starts the echo from the one file", async (june) => {
  const ended = await june.run("calibrate", "--short", "--output", "calibration.json");
  expectCode(ended, 0);
  assert.match(ended.stdout, /^a call begins after its instant +\d/m);
  assert.deepEqual(await june.files(), ["calibration.json"]);
});
