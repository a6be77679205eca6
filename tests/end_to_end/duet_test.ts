import assert from "node:assert/strict";
import { DuetRuns } from "../../lib/result/duet.ts";
import { readSides } from "../../lib/result/file.ts";
import { inFolder, june, runFolder, SMOKE } from "./cli.ts";

Deno.test("a duet runs one schedule on two simulators, says what differs, and says the same when it is read again", () =>
  inFolder(async (dir) => {
    const run = await june(
      ...["compare", "--duet", "--sim", SMOKE, "--rate", "30/s", "--arrivals", "poisson", "--duration", "7s"],
      ...["--fault", "tts.latency_factor=2", "--output-dir", dir, "--workers", "2", "--json", `${dir}/run.json`],
      ...["--fail-if", "pairs(response_time, tts.*) +20%"],
    );
    assert.match(run.stdout, /^duet +each task is two calls at the same instant/m);
    assert.match(run.stdout, /B's tts\.synthesize is slower by [\d.]+ % ± [\d.]+ %, pair by pair/);
    assertHeld(run);
    const folder = await runFolder(dir, "smoke-duet");
    const duet = await readSides(folder) as DuetRuns;
    const [base, other] = duet.sides;
    for (const side of duet.sides) {
      assert.equal(side.unaccounted, 0);
      assert.deepEqual(side.operations, ["llm.chat_stream", "stt.recognize_stream", "tts.synthesize"]);
    }
    for (const operations of base.operations) {
      const [from, to] = [base.total({ operations }), other.total({ operations })];
      assert.equal(from.issued, to.issued, operations);
      assert.equal(from.counter("pairs"), to.counter("pairs"));
      assert.ok(from.counter("pairs_timed") > 30);
    }
    const again = await june("compare", folder, "--json", "-", "--fail-if", "pairs(response_time, tts.*) +20%");
    assert.equal(again.code, run.code, again.stderr);
    assert.deepEqual(JSON.parse(again.stdout), JSON.parse(await Deno.readTextFile(`${dir}/run.json`)));
    const [report, both] = await Promise.all([
      june("report", folder, "--json", `${dir}/report.json`),
      june("compare", folder, folder),
    ]);
    assert.ok([0, 99, 5].includes(report.code), report.stderr);
    const names = JSON.parse(await Deno.readTextFile(`${dir}/report.json`)).operations.map((one: { name: string }) =>
      one.name
    );
    assert.ok(names.includes("tts.synthesize@A") && names.includes("tts.synthesize@B"), names.join());
    assert.deepEqual([both.code, /which holds both sides; compare it by itself/.test(both.stderr)], [2, true]);
  }));

Deno.test("a duet says what is wrong with its sides before it sends anything", () =>
  inFolder(async (dir) => {
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port } = listener.addr as Deno.NetAddr;
    listener.close();
    const file = `${dir}/llm.yaml`;
    await Deno.writeTextFile(file, SCENARIO.replace("RATE", "5/s"));
    await Deno.writeTextFile(`${dir}/other.yaml`, SCENARIO.replace("RATE", "6/s"));
    const [vague, unknown, absent, few, lone, unlike, twice] = await Promise.all([
      june("compare", "--duet", "one:1", "two:2", "smoke"),
      june("compare", "--duet", "rest=one:1", "llm=two:2", "smoke"),
      june("compare", "--duet", `127.0.0.1:${port}`, `127.0.0.1:${port}`, file, "--output-dir", dir),
      june("compare", "--duet", "one:1"),
      june("compare", "--users", "3", dir, dir),
      june("compare", "--duet", file, `${dir}/other.yaml`),
      june("compare", "--duet", "one:1", "two:2", "smoke", "--sim"),
    ]);
    assert.match(
      vague.stderr,
      /A "one:1" does not say which service it is: the scenario calls .*; write llm=HOST:PORT,/,
    );
    assert.match(unknown.stderr, /rest/);
    assert.equal(absent.code, 3, absent.stderr);
    assert.match(absent.stderr, /llm@A \(127\.0\.0\.1:\d+\)[^]*llm@B \(127\.0\.0\.1:\d+\)/);
    assert.match(few.stderr, /name two sides and a scenario/);
    assert.match(lone.stderr, /--users: this flag is only for a run of two sides; add --duet/);
    assert.match(unlike.stderr, /the two scenarios differ in their loads/);
    assert.match(twice.stderr, /the simulator stands for both sides/);
    for (const { code, stderr } of [vague, unknown, few, lone, unlike, twice]) assert.equal(code, 2, stderr);
  }));

/** The rule is broken, unless the machine that runs the tests was the limit. */
function assertHeld({ code, stdout, stderr }: Awaited<ReturnType<typeof june>>): void {
  if (code === 5) assert.match(stdout, /^NOT COMPARABLE {2}[^]*INVALID: The load generator was the limit/);
  else assert.equal(code, 99, stdout + stderr);
}

const SCENARIO = `services:
  grpc:
    llm: { host: 127.0.0.1:50051 }
scenarios:
  talk:
    duration: 2s
    rate: RATE
    tasks: { llm.chat: 1 }
`;
