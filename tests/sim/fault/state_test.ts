import assert from "node:assert/strict";
import { parseFault } from "../../../lib/sim/fault/parser.ts";
import type { FaultKind } from "../../../lib/sim/fault/fault.ts";
import { FaultState, type LimiterForm } from "../../../lib/sim/fault/state.ts";
import { Random } from "../../../lib/sim/model/random.ts";
import { StatusCode } from "../../../lib/transport/status.ts";

const state = (texts: string[], limiter: LimiterForm = "resource_exhausted", seed = 1) =>
  new FaultState(texts.map(parseFault), "llm", new Random(seed), limiter);

Deno.test("FaultState leaves everything alone without faults, and faults of others", () => {
  for (const faults of [state([]), state(["stt.error_rate=100%", "tts.stall=0s+9s", "stt.unhealthy", "tts.refuse"])]) {
    assert.deepEqual(faults.fate(0, []), { kind: "normal" });
    assert.equal(faults.factor(0), 1);
    assert.equal(faults.release_ms(5), 5);
    assert.deepEqual([faults.healthy, faults.refuses], [true, false]);
  }
});

Deno.test("FaultState fails the share of calls it is told to, by seed", () => {
  const count = (seed: number) => {
    const faults = state(["error_rate=20%:ABORTED"], "resource_exhausted", seed);
    return Array.from({ length: 2000 }, () => faults.fate(0, []).kind);
  };
  const failed = count(1).filter((kind) => kind === "status").length;
  assert.ok(failed > 340 && failed < 460, `${failed}`);
  assert.deepEqual(count(1), count(1));
  assert.notDeepEqual(count(1), count(2));
  const fate = state(["error_rate=100%:ABORTED"]).fate(0, []);
  assert.deepEqual(fate, { kind: "status", code: StatusCode.ABORTED, details: "simulated ABORTED" });
});

Deno.test("FaultState holds answers back to the end of a stall, and through stalls that touch", () => {
  const faults = state(["stall=3s+1s", "stall=1s+2s"]);
  const released = [999, 1000, 2500, 3999, 4000].map((due_ms) => faults.release_ms(due_ms));
  assert.deepEqual(released, [999, 4000, 4000, 4000, 4000]);
});

Deno.test("FaultState slows the start, evenly less and less, on top of a factor", () => {
  const faults = state(["slow_start=10s*5", "latency_factor=2"]);
  assert.deepEqual([0, 5000, 10_000].map((at_ms) => faults.factor(at_ms)), [10, 6, 2]);
});

Deno.test("FaultState limits each user by the minute", () => {
  const faults = state(["rate_limit=2"]);
  const kinds = (at_ms: number, user: string) => faults.fate(at_ms, [["x-user-id", user]]).kind;
  assert.deepEqual([kinds(0, "a"), kinds(1, "a"), kinds(2, "a"), kinds(3, "b")], [
    "normal",
    "normal",
    "status",
    "normal",
  ]);
  assert.equal(kinds(60_000, "a"), "normal");
  const anonymous = state(["rate_limit=1"]);
  anonymous.fate(0, []);
  assert.deepEqual(anonymous.fate(0, []), {
    kind: "status",
    code: StatusCode.RESOURCE_EXHAUSTED,
    details: "Rate limit exceeded",
  });
});

Deno.test("FaultState's limiter hides its code in the text where June's does", () => {
  const faults = state(["rate_limit=1"], "python_exception");
  faults.fate(0, []);
  const fate = faults.fate(0, []);
  assert.ok(fate.kind === "status" && fate.code === StatusCode.UNKNOWN);
  assert.match(fate.details, /StatusCode\.RESOURCE_EXHAUSTED/);
});

/** How each kind is written, and where it shows; the compiler asks for a new kind here. */
const SHOWS: Readonly<Record<FaultKind, (faults: (text: string) => FaultState) => boolean>> = {
  error_rate: (faults) => faults("error_rate=100%").fate(0, []).kind === "status",
  in_band_error_rate: (faults) => faults("in_band_error_rate=100%").fate(0, []).kind === "in_band_error",
  empty_rate: (faults) => faults("empty_rate=100%").fate(0, []).kind === "empty",
  rate_limit: (faults) => {
    const limited = faults("rate_limit=1");
    limited.fate(0, []);
    return limited.fate(0, []).kind === "status";
  },
  stall: (faults) => faults("stall=1s+1s").release_ms(1500) === 2000,
  slow_start: (faults) => faults("slow_start=10s*5").factor(0) === 5,
  latency_factor: (faults) => faults("latency_factor=2").factor(0) === 2,
  drop_connections_every: (faults) => faults("drop_connections_every=2s").drop_intervals_ms.length === 1,
  goaway_every: (faults) => faults("goaway_every=2s").goaway_intervals_ms.length === 1,
  refuse: (faults) => faults("refuse").refuses,
  unhealthy: (faults) => !faults("unhealthy").healthy,
};

Deno.test("every kind of fault changes something", () => {
  for (const [kind, shows] of Object.entries(SHOWS)) assert.ok(shows((text) => state([text])), kind);
});
