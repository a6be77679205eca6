/**
 * Twenty faults of the machine that june-load runs on, planted from outside. The service is undisturbed and its times are
 * known: a verdict is that of an undisturbed run, or there is none.
 */
import assert from "node:assert/strict";
import { blamesRight, type Came, type Case, inTurns, nameOf, runCase } from "./kit/case.ts";
import type { FaultName } from "./kit/faults.ts";
import { type Kind, makeClip, type Rule, type Shape } from "./kit/loads.ts";
import { startService } from "./kit/service.ts";

/** Runs at the same time: they may disturb each other, as long as nobody is blamed for it. */
const AT_ONCE = 3;

const CASES = ([
  ["stopped once for 0.3 s", "unary", "open", "near pass"],
  ["stopped once for 0.3 s", "stream", "closed", "near fail"],
  ["stopped once for 1 s", "speech", "open", "near pass"],
  ["stopped once for 1 s", "turn", "closed", "far fail"],
  ["stopped once for 3 s", "unary", "closed", "near pass"],
  ["stopped once for 3 s", "stream", "open", "far pass"],
  ["stopped six times for 0.3 s", "speech", "closed", "near fail"],
  ["stopped six times for 0.3 s", "turn", "open", "near pass"],
  ["stopped three times for 1 s", "unary", "open", "far pass"],
  ["stopped 60 ms in every 100 ms", "speech", "open", "near pass"],
  ["a quota of 3 % of a core", "unary", "open", "near pass"],
  ["a quota of 3 % of a core", "speech", "closed", "near fail"],
  ["a quota of 5 % of a core", "stream", "closed", "far pass"],
  ["nice beside busy loops", "turn", "closed", "near pass"],
  ["worker stopped once for 1 s", "stream", "open", "near pass"],
  ["worker stopped six times for 0.3 s", "speech", "closed", "near pass"],
  ["main thread stopped once for 3 s", "unary", "closed", "near pass"],
  ["main thread stopped six times for 0.3 s", "turn", "open", "near fail"],
  ["a slow disk under the result", "stream", "closed", "near pass"],
  ["most of it swapped out", "unary", "open", "near pass"],
] satisfies [FaultName, Kind, Shape, Rule][]).map(([fault, kind, shape, rule]): Case => ({ fault, kind, shape, rule }));

let running: Promise<Came | string>[] | null = null;
let stop = () => Promise.resolve();

Deno.test.beforeAll(async () => {
  const service = await startService();
  const dir = await Deno.makeTempDir({ prefix: "june_load_trust_" });
  const clip = await makeClip(dir, 1);
  running = inTurns(CASES, AT_ONCE, (one) => runCase(one, service, clip));
  stop = async () => {
    await service.stop();
    await Deno.remove(dir, { recursive: true });
  };
});
Deno.test.afterAll(() => stop());

for (const [at, one] of CASES.entries()) {
  Deno.test({ name: nameOf(one), sanitizeOps: false, sanitizeResources: false }, async () => {
    const came = await running?.[at];
    assert.ok(came !== undefined);
    if (typeof came === "string") return console.log(`not here: ${came}`);
    console.log(`${came.status}: ${came.tainted} of ${came.calls} calls tainted, stood still ${came.stalled_ms} ms`);
    assert.ok(blamesRight(one, came), `${came.status}: ${came.sentence}`);
  });
}
