import assert from "node:assert/strict";
import { readDuet, readSide } from "../../lib/cli/compare/sides.ts";
import type { CliContext } from "../../lib/cli/context.ts";
import { refuseDuetFlags } from "../../lib/cli/duet/duet_flags.ts";
import { duetWords, loadSides } from "../../lib/cli/duet/duet_sides.ts";
import { VERSION } from "../../lib/cli/version.ts";
import { compareSides } from "../../lib/compare/compare.ts";
import { holdGates, parseGate } from "../../lib/compare/gate.ts";
import { duetOf } from "../../lib/plan/duet.ts";
import { renderComparisonJson } from "../../lib/report/compare/data.ts";
import { renderJson } from "../../lib/report/json.ts";
import { DuetRuns } from "../../lib/result/duet.ts";
import { readResult, readSides } from "../../lib/result/file.ts";
import { evaluate } from "../../lib/verdict/evaluate.ts";
import { inFolder, june, runFolder, SMOKE } from "./cli.ts";

Deno.test("a duet runs one schedule on two simulators, says what differs, and says the same when it is read again", () =>
  inFolder(async (dir) => {
    const rule = "pairs(response_time, tts.*) +20%";
    const run = await june(
      ...["compare", "--duet", "--sim", SMOKE, "--rate", "30/s", "--arrivals", "poisson", "--duration", "10s"],
      ...["--fault", "tts.latency_factor=3", "--output-dir", dir, "--workers", "2", "--json", `${dir}/run.json`],
      ...["--fail-if", rule],
    );
    assert.match(run.stdout, /^duet +each task is two calls at the same instant/m);
    // Whether so short a run is certain of it, or valid, hangs on the machine that runs the tests.
    assert.ok([0, 5, 99].includes(run.code), run.stdout + run.stderr);
    const said = await Deno.readTextFile(`${dir}/run.json`);
    const { figures } = JSON.parse(said).pairs[0] as { figures: PairFigure[] };
    const pairs = figures.filter(({ measure }) => measure === "pairs(response_time)");
    assert.deepEqual(
      pairs.map(({ operation, baseline, new: other }) => [operation, other.value > 1.5 * baseline.value]),
      [
        ["llm.chat_stream", false],
        ["stt.recognize_stream", false],
        ["tts.synthesize", true],
      ],
    );
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
    const [from, to] = await readDuet(`${dir}/smoke-duet`);
    const gates = holdGates([parseGate(rule)], from, to);
    const again = renderComparisonJson({ comparison: compareSides(from, [to]), gates, version: VERSION });
    assert.equal(again, said);
    const whole = await readResult(folder);
    const report = JSON.parse(renderJson(whole, evaluate(whole)));
    const names = report.operations.map(({ name }: { name: string }) => name);
    assert.ok(names.includes("tts.synthesize@A") && names.includes("tts.synthesize@B"), names.join());
    await assert.rejects(readSide(folder), /which holds both sides; compare it by itself/);
  }));

interface PairFigure {
  operation: string;
  measure: string;
  baseline: { value: number };
  new: { value: number };
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

/** The plans of both sides, as `compare --duet` makes them of its words. */
async function sidesOf(words: readonly string[], simulated = false) {
  const context = { process: { env: {} } } as unknown as CliContext;
  const [base, other] = await loadSides(context, duetWords(words, simulated), {});
  return duetOf(base.plan, other.plan);
}

Deno.test("the sides of a duet are addresses, addresses of services, or scenario files", () =>
  inFolder(async (dir) => {
    const [file, other] = [`${dir}/llm.yaml`, `${dir}/other.yaml`];
    await Deno.writeTextFile(file, SCENARIO.replace("RATE", "5/s"));
    await Deno.writeTextFile(other, SCENARIO.replace("RATE", "5/s").replace("50051", "50061"));
    const addresses = async (...words: string[]) =>
      (await sidesOf(words)).services.map(({ name, address }) => `${name} ${address}`);
    assert.deepEqual(await addresses("one:1", "two:2", file), ["llm@A one:1", "llm@B two:2"]);
    assert.deepEqual(await addresses("llm=ipv4:10.0.0.1:1,10.0.0.2:1", "two:2", file), [
      "llm@A ipv4:10.0.0.1:1,10.0.0.2:1",
      "llm@B two:2",
    ]);
    assert.deepEqual(await addresses(file, other), ["llm@A 127.0.0.1:50051", "llm@B 127.0.0.1:50061"]);
    assert.deepEqual(await addresses("llm=one:1,tts=one:3", "llm=two:2", "smoke"), [
      ...["llm@A one:1", "stt@A 127.0.0.1:50052", "tts@A one:3"],
      ...["llm@B two:2", "stt@B 127.0.0.1:50052", "tts@B 127.0.0.1:50053"],
    ]);
    assert.equal((await sidesOf(["smoke"], true)).scenario, "smoke-duet");
    await Deno.writeTextFile(other, SCENARIO.replace("RATE", "6/s"));
    const wrong: [words: string[], RegExp][] = [
      [
        ["one:1", "two:2", "smoke"],
        /A "one:1" does not say which service it is: the scenario calls .*; write llm=HOST:/,
      ],
      [["rest=one:1", "llm=two:2", "smoke"], /rest/],
      [["one:1"], /name two sides and a scenario/],
      [["one:1", "two:2"], /which scenario\?/],
      [["one:1", "two:2", "smoke", "more"], /name two sides and a scenario/],
      [[file, other], /the two scenarios differ in their loads/],
    ];
    for (const [words, message] of wrong) await assert.rejects(sidesOf(words), message);
    await assert.rejects(sidesOf(["one:1", "two:2", "smoke"], true), /the simulator stands for both sides/);
    assert.throws(
      () => refuseDuetFlags({ users: "3" }),
      /--users: this flag is only for a run of two sides; add --duet/,
    );
    assert.throws(() => refuseDuetFlags({ outputDir: "x" }), /--output-dir/);
    assert.throws(() => refuseDuetFlags({ preflight: false }), /--no-preflight/);
    refuseDuetFlags({ preflight: true });
  }));

Deno.test("a duet whose targets are not there sends nothing, and says which side is missing", () =>
  inFolder(async (dir) => {
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port } = listener.addr as Deno.NetAddr;
    listener.close();
    await Deno.writeTextFile(`${dir}/llm.yaml`, SCENARIO.replace("RATE", "5/s"));
    const address = `127.0.0.1:${port}`;
    const absent = await june("compare", "--duet", address, address, `${dir}/llm.yaml`, "--output-dir", dir);
    assert.equal(absent.code, 3, absent.stderr);
    assert.match(absent.stderr, /llm@A \(127\.0\.0\.1:\d+\)[^]*llm@B \(127\.0\.0\.1:\d+\)/);
  }));
