import assert from "node:assert/strict";
import type { ShortageData } from "../../lib/measure/interval.ts";
import { Series } from "../../lib/measure/series.ts";
import type { ShortageErrno } from "../../lib/plan/shortages.ts";
import { SHORTAGES } from "../../lib/plan/shortages.ts";
import { evaluate } from "../../lib/verdict/evaluate.ts";
import { shortageFit, shortageNote } from "../../lib/verdict/shortages.ts";
import { rule, task } from "../plans.ts";
import { madeRun } from "./made_run.ts";

/** Ten calls a second; `short` of them lacked something and failed or took 3 s, the others took `clean_us` or failed. */
function run(rules: string[], { short = 5, errno = "EMFILE" as ShortageErrno, failing = 0, ok = true } = {}) {
  const record = (series: Series, good: boolean, response_us: number) => {
    series.issued++;
    series.outcomes[good ? "ok" : "failed"]++;
    if (good) series.histogram("response_time").record(response_us);
  };
  return madeRun({
    plan: { tasks: [task("llm.chat")], thresholds: rules.map(rule) },
    calls: () => {
      const series = new Series();
      for (let i = 0; i < 10; i++) {
        if (i < short) { for (const one of [series, series.tainted]) record(one, ok, 3_000_000); }
        else record(series, i < 10 - failing, 100_000);
      }
      return series;
    },
    generator: (second) => ({
      shortages: short === 0 ? [] : [{
        errno,
        calls: short + 1,
        spoilt: short,
        first_ms: second * 1000 + 100,
        last_ms: second * 1000 + 900,
      }],
    }),
  });
}

Deno.test("each shortage makes the run INVALID, with its errno, its calls, its time and its remedy", () => {
  for (const errno of Object.keys(SHORTAGES) as ShortageErrno[]) {
    const { status, sentence } = evaluate(run(["p95(response_time) < 1s"], { errno }));
    assert.equal(status, "INVALID", errno);
    const { means, remedy } = SHORTAGES[errno];
    assert.equal(
      sentence,
      `The load generator was the limit: ${means} (${errno}), so that 360 of 600 calls waited for a connection ` +
        `from 0:00 to 0:59, 300 too long or in vain; ${remedy}.`,
    );
  }
});

Deno.test("calls that fail for want of a descriptor are no failure of the service", () => {
  assert.equal(evaluate(run(["error_rate < 1%"], { ok: false })).status, "INVALID");
  assert.equal(evaluate(run(["error_rate < 1%"], { ok: false, failing: 3 })).status, "FAIL", "3 of 5 others failed");
});

Deno.test("what was not done for want of ports is not held against the service", () => {
  assert.equal(evaluate(run(["throughput > 20/s"])).status, "INVALID");
  assert.equal(evaluate(run(["throughput > 20/s"], { short: 0 })).status, "FAIL");
});

Deno.test("rules that all hold make no PASS where calls were spoilt", () => {
  assert.equal(evaluate(run(["p50(response_time) < 1s", "error_rate < 1%"], { short: 1 })).status, "INVALID");
});

Deno.test("shortageFit() says nothing for older results, and warns of waits that spoilt nothing", () => {
  assert.equal(shortageFit(madeRun()), null);
  assert.deepEqual(shortageFit(run([], { short: 0 })), {
    name: "ports, descriptors and memory",
    value: "no call waited for them",
    state: "ok",
    advice: "",
  });
  const shortages: ShortageData[] = [{ errno: "EMFILE", calls: 1, spoilt: 0, first_ms: 1000, last_ms: 1000 }];
  const mild = madeRun({ generator: (second) => second === 1 ? { shortages } : {} });
  const { state, advice } = shortageFit(mild) ?? assert.fail();
  assert.equal(state, "warn");
  assert.match(advice, /so that 1 of \d+ calls waited for a connection at 0:01, none of them too long; run `ulimit/);
  assert.equal(evaluate(mild).status, "PASS");
});

Deno.test("shortageNote() is one line with what to do", () => {
  const note = shortageNote({ errno: "EADDRNOTAVAIL", calls: 1200, spoilt: 3, first_ms: 5000, last_ms: 9000 });
  assert.match(
    note,
    /^No local port is free \(EADDRNOTAVAIL\): 1,200 calls waited for a connection since 0:05; run `sysctl/,
  );
});
