/**
 * Twenty runs against a service that stands still, in the ways in which june-load does in `generator_faults_test.ts`. It is
 * to blame: the verdict is FAIL, and names it.
 */
import assert from "node:assert/strict";
import { inTurns } from "./kit/case.ts";
import { type Kind, makeClip, operationOf, responseOf, scenarioFile, type Shape } from "./kit/loads.ts";
import { freezeOften } from "./kit/processes.ts";
import { watched } from "./kit/machine.ts";
import { startService } from "./kit/service.ts";
import { runTool } from "./kit/tool.ts";

const AT_ONCE = 3;
const SECONDS = 6;

/** How a service stands still: for how long, how often, and the figure that shows it. */
const FREEZES = [
  { for_ms: 300, times: 1, figure: "max" },
  { for_ms: 1000, times: 1, figure: "max" },
  { for_ms: 3000, times: 1, figure: "p95" },
  { for_ms: 300, times: 5, figure: "p95" },
  { for_ms: 1000, times: 2, figure: "p95" },
] as const;

const CASES = (["unary", "stream", "speech", "turn"] satisfies Kind[]).flatMap((kind, at) =>
  FREEZES.map((freeze, nth) => ({ kind, freeze, shape: ((at + nth) % 2 === 0 ? "open" : "closed") as Shape }))
);

async function runOne({ kind, freeze, shape }: typeof CASES[number], clip: string) {
  const service = await startService();
  const { for_ms, times, figure } = freeze;
  const limit_ms = Math.round(responseOf(kind) + for_ms / 2);
  const thresholds = [`${figure}(response_time, ${operationOf(kind)}) < ${limit_ms}ms`, "error_rate < 1%"];
  try {
    const file = scenarioFile(service, { kind, shape, thresholds, seconds: SECONDS, clip });
    return await watched(() =>
      runTool({ file, act: () => freezeOften(service.pid, for_ms, for_ms + 400, times), after_s: 1 })
    );
  } finally {
    await service.stop();
  }
}

let running: ReturnType<typeof runOne>[] | null = null;
let stop = () => Promise.resolve();

Deno.test.beforeAll(async () => {
  const dir = await Deno.makeTempDir({ prefix: "june_load_trust_" });
  const clip = await makeClip(dir, 1);
  running = inTurns(CASES, AT_ONCE, (one) => runOne(one, clip));
  stop = () => Deno.remove(dir, { recursive: true });
});
Deno.test.afterAll(() => stop());

for (const [at, one] of CASES.entries()) {
  const { kind, shape, freeze: { for_ms, times } } = one;
  const name = `the service stood still ${times} times for ${for_ms} ms: ${kind}, ${shape} load`;
  Deno.test({ name, sanitizeOps: false, sanitizeResources: false }, async () => {
    const done = await running?.[at];
    assert.ok(done !== undefined);
    const { value: { verdict: { status, sentence }, code }, noise } = done;
    if (status === "INVALID" && noise !== null) return console.log(`not known: ${noise}; ${sentence}`);
    assert.equal(status, "FAIL", sentence);
    assert.equal(code, 99);
    assert.match(sentence, new RegExp(`^${operationOf(kind).replace(".", "\\.")} `));
    assert.doesNotMatch(sentence, /june-load/);
  });
}
