import assert from "node:assert/strict";
import { UserError } from "../../../lib/plan/errors.ts";
import { FAULT_FORMS, parseFault } from "../../../lib/sim/fault/parser.ts";
import { StatusCode } from "../../../lib/transport/status.ts";

Deno.test("parseFault() reads every fault", () => {
  const read: [string, object][] = [
    ["llm.error_rate=0.05", { service: "llm", kind: "error_rate", rate: 0.05, code: StatusCode.INTERNAL }],
    ["error_rate=5%:unavailable", { service: null, kind: "error_rate", rate: 0.05, code: StatusCode.UNAVAILABLE }],
    ["stt.in_band_error_rate=100%", { service: "stt", kind: "in_band_error_rate", rate: 1 }],
    ["tts.empty_rate=0", { service: "tts", kind: "empty_rate", rate: 0 }],
    ["stall=9s+2s", { service: null, kind: "stall", at_ms: 9000, for_ms: 2000 }],
    ["slow_start=10s*4", { service: null, kind: "slow_start", for_ms: 10_000, factor: 4 }],
    ["slow_start=10s", { service: null, kind: "slow_start", for_ms: 10_000, factor: 5 }],
    ["latency_factor=2.5", { service: null, kind: "latency_factor", factor: 2.5 }],
    ["drop_connections_every=1m30s", { service: null, kind: "drop_connections_every", every_ms: 90_000 }],
    ["goaway_every=250ms", { service: null, kind: "goaway_every", every_ms: 250 }],
    ["llm.rate_limit=60", { service: "llm", kind: "rate_limit", per_minute: 60 }],
    ["tts.refuse", { service: "tts", kind: "refuse" }],
    ["unhealthy", { service: null, kind: "unhealthy" }],
  ];
  for (const [text, fault] of read) assert.deepEqual(parseFault(text), fault, text);
  assert.deepEqual(
    new Set(read.map(([, fault]) => (fault as { kind: string }).kind)),
    new Set(Object.keys(FAULT_FORMS)),
  );
});

Deno.test("parseFault() says what is wrong and what is allowed", () => {
  const wrong: [string, RegExp][] = [
    [
      "llm.eror_rate=0.05",
      /fault "llm\.eror_rate=0\.05".*no fault "eror_rate"; did you mean "error_rate"\?.*allowed: /,
    ],
    ["lm.refuse", /no service "lm"; did you mean "llm"\?.*allowed: stt, llm, tts/],
    ["error_rate", /"error_rate" needs a value: error_rate=RATE\[:STATUS\]/],
    ["error_rate=1", /did you mean "1%" or "100%"/],
    ["error_rate=101%", /"101%" is more than 100%/],
    ["error_rate=5%:UNAVAILBLE", /no status "UNAVAILBLE"; did you mean "UNAVAILABLE"\?/],
    ["error_rate=5%:OK", /OK is not an error/],
    ["stall=9s", /"9s" must be two durations joined by \+/],
    ["stall=9+2s", /"9" has no unit/],
    ["latency_factor=0", /"0" is not a factor/],
    ["latency_factor=-1", /"-1" is not a factor/],
    ["goaway_every=1ms", /"1ms" is too short/],
    ["refuse=yes", /"refuse" takes no value/],
    ["", /no fault ""/],
  ];
  for (const [text, message] of wrong) {
    assert.throws(() => parseFault(text), (error) => {
      assert.ok(error instanceof UserError && error.kind === "usage");
      assert.match(error.message, message);
      return true;
    });
  }
});
