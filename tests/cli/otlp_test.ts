import assert from "node:assert/strict";
import { otlpTarget, pushOtlp, sendReport } from "../../lib/cli/report/otlp_push.ts";
import { sendMetrics } from "../../lib/cli/run/live_metrics.ts";
import { collectorOf } from "../../lib/cli/report/form_files.ts";
import { UserError } from "../../lib/plan/errors.ts";
import { noGenerator } from "../../lib/measure/generator.ts";
import type { IntervalRecord } from "../../lib/result/record.ts";
import type { Run } from "../../lib/result/run.ts";
import type { SessionListener } from "../../lib/run/session.ts";
import { evaluate } from "../../lib/verdict/evaluate.ts";
import { makeRun } from "../result/make_run.ts";

interface Got {
  path: string;
  headers: Headers;
  body: string;
}

/** Runs `body` beside a collector that answers as `reply` says. */
async function withCollector(
  reply: () => Response | Promise<Response>,
  body: (url: string, got: Got[]) => Promise<void>,
): Promise<void> {
  const got: Got[] = [];
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, async (request) => {
    const { pathname, search } = new URL(request.url);
    got.push({ path: pathname + search, headers: request.headers, body: await request.text() });
    return reply();
  });
  try {
    await body(`http://127.0.0.1:${server.addr.port}`, got);
  } finally {
    await server.shutdown();
  }
}

const isOutput = (words: RegExp) => (error: unknown) =>
  error instanceof UserError && error.kind === "output" && words.test(error.message);

Deno.test("pushOtlp() posts JSON to /v1/metrics, or to the path that it is given, with OpenTelemetry's own headers", () =>
  withCollector(() => Response.json({}), async (url, got) => {
    const env = { OTEL_EXPORTER_OTLP_HEADERS: "x-key=a%20b, authorization=Bearer%20hush" };
    assert.equal(await pushOtlp(otlpTarget(url, env), "{}"), null);
    assert.equal(await pushOtlp(otlpTarget(`${url}/otlp?tenant=1`, {}), "{}"), null);
    assert.deepEqual(got.map(({ path }) => path), ["/v1/metrics", "/otlp?tenant=1"]);
    const { headers } = got[0]!;
    assert.equal(headers.get("content-type"), "application/json");
    assert.deepEqual(["x-key", "authorization"].map((name) => headers.get(name)), ["a b", "Bearer hush"]);
  }));

Deno.test("pushOtlp() tells what a collector refused or did not take, and no secret of the address", () =>
  withCollector(
    () => new Response('{"code":3,"message":"no\\u001b[31m such tenant"}', { status: 400 }),
    async (url) => {
      const target = otlpTarget(url.replace("//", "//me:hush@") + "/in?key=hush", {});
      await assert.rejects(
        pushOtlp(target, "{}"),
        isOutput(/^Cannot send metrics to http:[^@?]+\/in: HTTP 400: no such tenant$/),
      );
      const partial = { partialSuccess: { rejectedDataPoints: "3", errorMessage: "too old" } };
      await withCollector(() => Response.json(partial), async (other) => {
        assert.equal(await pushOtlp(otlpTarget(other, {}), "{}"), "the collector did not take 3 points: too old");
      });
    },
  ));

Deno.test("pushOtlp() says that nothing answers, and follows no redirection", async () => {
  await assert.rejects(pushOtlp(otlpTarget("http://127.0.0.1:1", {}), "{}"), isOutput(/no collector answers there/));
  await withCollector(() => Response.redirect("http://127.0.0.1:1/"), async (url) => {
    await assert.rejects(pushOtlp(otlpTarget(url, {}), "{}"), isOutput(/^Cannot send metrics/));
  });
});

Deno.test("--otlp takes an address or a file, and refuses what is neither without quoting it", () => {
  assert.equal(collectorOf({ otlp: "metrics.json" }, {}), null);
  assert.equal(collectorOf({}, {}), null);
  assert.equal(collectorOf({ otlp: "https://host" }, {})?.url.href, "https://host/v1/metrics");
  for (const otlp of ["grpc://user:hush@host", "http://"]) {
    assert.throws(
      () => collectorOf({ otlp }, {}),
      (error) => error instanceof UserError && !/hush/.test(error.message),
    );
  }
  assert.throws(() => otlpTarget("http://host", { OTEL_EXPORTER_OTLP_HEADERS: "hush%" }), (error) => {
    return error instanceof UserError && /OTEL_EXPORTER_OTLP_HEADERS/.test(error.message) &&
      !/hush/.test(error.message);
  });
});

const NOTHING: IntervalRecord = {
  type: "interval",
  index: 0,
  series: [],
  failures: [],
  users: 0,
  in_flight: 0,
  connections: [],
  generator: noGenerator(),
  turns: [],
};

Deno.test("sendMetrics() sends every ten seconds of a run, tells of a failure once, and costs the load nothing", async () => {
  let failing = false;
  const told: string[] = [];
  await withCollector(() => failing ? new Response("", { status: 503 }) : Response.json({}), async (url, got) => {
    const listeners = new Set<SessionListener>();
    const session = {
      subscribe: (listener: SessionListener) => (listeners.add(listener), () => listeners.delete(listener)),
    };
    const stop = sendMetrics(session as never, otlpTarget(url, {}), (text) => told.push(text));
    // A second that comes while a document is under way is left out: it comes again until `count` have arrived.
    const second = async (run: Run, count: number) => {
      do {
        for (const listener of listeners) listener({ type: "second", run, interval: NOTHING });
        await new Promise((resolve) => setTimeout(resolve, 5));
      } while (got.length < count);
    };
    await second(makeRun({ seconds: 9, complete: false }), 0);
    await second(makeRun({ seconds: 10, complete: false }), 1);
    await second(makeRun({ seconds: 15, complete: false }), 1);
    failing = true;
    await second(makeRun({ seconds: 20, complete: false }), 2);
    await second(makeRun({ seconds: 30, complete: false }), 3);
    await stop();
    assert.equal(listeners.size, 0);
    assert.equal(got.length, 3);
    assert.deepEqual(told.map((text) => /HTTP 503.*the load goes on$/.test(text)), [true]);
    failing = false;
    const run = makeRun();
    await sendReport(run, evaluate(run), otlpTarget(url, {}), (text) => told.push(text));
    assert.match(got.at(-1)!.body, /"june_load\.passed"/);
    assert.doesNotMatch(got[0]!.body, /"june_load\.passed"/);
  });
});
