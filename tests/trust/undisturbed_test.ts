/** Twenty runs that nobody disturbs: june-load must not say that it was. */
import assert from "node:assert/strict";
import { type Kind, makeClip, type Rule, ruleText, scenarioFile, type Shape, truthOf } from "./kit/loads.ts";
import { watched } from "./kit/machine.ts";
import { type Service, startService } from "./kit/service.ts";
import { runTool } from "./kit/tool.ts";

const SECONDS = 4;
/** On a machine that others use, too, a run is tried again. */
const TRIES = 2;

const KINDS: Kind[] = ["unary", "stream", "speech", "turn"];
const CASES = [
  ...KINDS.flatMap((kind) =>
    (["open", "closed"] satisfies Shape[]).flatMap((shape) =>
      (["near pass", "near fail"] satisfies Rule[]).map((rule) => ({ kind, shape, rule }))
    )
  ),
  ...KINDS.map((kind) => ({ kind, shape: "open" as Shape, rule: "far pass" as Rule })),
];

let service: Service | null = null;
let dir = "";
let clip = "";

Deno.test.beforeAll(async () => {
  dir = await Deno.makeTempDir({ prefix: "june_load_trust_" });
  [service, clip] = await Promise.all([startService(), makeClip(dir, 1)]);
});
Deno.test.afterAll(async () => {
  await service?.stop();
  await Deno.remove(dir, { recursive: true });
});

for (const { kind, shape, rule } of CASES) {
  Deno.test(
    { name: `undisturbed: ${kind}, ${shape} load, ${rule}`, sanitizeOps: false, sanitizeResources: false },
    async () => {
      for (let tries = 1;; tries++) {
        const thresholds = [ruleText(kind, rule), "error_rate < 1%"];
        const file = scenarioFile(service as Service, { kind, shape, thresholds, seconds: SECONDS, clip });
        const { value: { verdict: { status, sentence } }, noise } = await watched(() => runTool({ file }));
        // Whatever the machine did: a verdict is the right one, or there is none.
        if (status !== "INVALID") return assert.equal(status, truthOf(rule), sentence);
        assert.notEqual(noise, null, `INVALID on a quiet machine: ${sentence}`);
        if (tries === TRIES) return console.log(`not known, the machine was not quiet: ${noise}`);
      }
    },
  );
}
