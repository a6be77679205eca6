import assert from "node:assert/strict";
import { redactPlan } from "../../lib/plan/plan.ts";
import { certificates, removeCertificates } from "../conformance/certificates.ts";
import { planOf, reading, withPage, withSocket } from "./pages_bench.ts";

Deno.test.afterAll(removeCertificates);

const PAGE = "llamacpp:requests_processing 2\nllamacpp:tokens_predicted_total 10\n";
const page = (text = PAGE) => new Response(text, { headers: { "content-type": "text/plain; version=0.0.4" } });

Deno.test("a page is read from the begin of the load to its end, and said once", () =>
  withPage(() => page(), async (address) => {
    const kept = reading(planOf(address));
    await kept.until(({ samples }) => samples.length >= 3);
    await kept.finish();
    const count = kept.samples.length;
    assert.deepEqual(kept.events.map(({ kind, text }) => [kind, text]), [[
      "metrics_found",
      `Reads the page of metrics of gpus (llama.cpp, http://${address}/metrics) every 30ms`,
    ]]);
    const { source, values } = kept.samples[1]!;
    assert.deepEqual([source, values], ["gpus", { running_requests: 2, tokens_per_s: 0 }]);
    await new Promise((resolve) => setTimeout(resolve, 100));
    assert.equal(kept.samples.length, count, "no sample follows the end");
  }));

Deno.test("a page that fails is said once for each reason with how often, and so is its end", () => {
  const answers: Record<string, () => Response> = {
    good: () => page(),
    refused: () => new Response("who are you", { status: 401 }),
    html: () => new Response("<html>\nnot\nhere</html>"),
  };
  let now = "good";
  return withPage(() => answers[now]!(), async (address, asked) => {
    const kept = reading(planOf(address));
    await kept.until(({ samples }) => samples.length > 0);
    for (const state of ["refused", "html", "good", "refused", "good"]) {
      now = state;
      const [before, readings] = [asked.length, kept.samples.length];
      if (state === "good") await kept.until(({ samples }) => samples.length > readings);
      // The answer to the last request but one has come when another is sent.
      else while (asked.length < before + 4) await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await kept.finish();
    const told = kept.events.filter(({ count }) => count === undefined);
    assert.deepEqual(told.map(({ kind }) => kind), [
      "metrics_found",
      "metrics_unreadable",
      "metrics_unreadable",
      "metrics_back",
    ]);
    assert.match(
      told[1]!.text,
      /cannot be read: it is refused \(401\): give the "auth" or the "headers" that it wants$/,
    );
    assert.match(told[2]!.text, /cannot be read: it is no page of metrics: it begins with "<html> not here<\/html>"$/);
    assert.match(told[3]!.text, /can be read again, after [\d.]+ m?s$/);
    const counted = kept.events.filter(({ count }) => count !== undefined);
    assert.ok((counted.find(({ text }) => text.includes("401"))?.count ?? 0) >= 6);
    assert.equal(counted.find(({ kind }) => kind === "metrics_back")?.count, 2);
  });
});

Deno.test("a server that hangs is left after the time limit, and delays no end", () =>
  withSocket(() => new Promise(() => {}), async (address) => {
    const kept = reading(planOf(address, { timeout_ms: 100 }));
    await kept.until(({ events }) => events.length > 0);
    assert.match(kept.events[0]!.text, /cannot be read: it does not answer within 100ms$/);
    await kept.finish();
    // One that waits for a minute is not waited for.
    const patient = reading(planOf(address, { timeout_ms: 60_000 }));
    await new Promise((resolve) => setTimeout(resolve, 100));
    const begun_ms = performance.now();
    await patient.finish();
    assert.ok(performance.now() - begun_ms < 20_000);
    assert.deepEqual(patient.events, []);
  }));

Deno.test("a page that comes a byte at a time does not keep another from its turn, nor last longer than its limit", () =>
  withSocket(async (socket) => {
    await socket.read(new Uint8Array(4096));
    await socket.write(new TextEncoder().encode("HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\n\r\n"));
    for (;;) {
      await socket.write(new TextEncoder().encode("a"));
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }, async (address) => {
    const kept = reading(planOf(address, { timeout_ms: 150 }));
    await kept.until(({ events }) => events.length > 0);
    await kept.finish();
    assert.match(kept.events[0]!.text, /cannot be read: it does not end within 150ms$/);
  }));

Deno.test("a page without an end is given up at its limit of size", () =>
  withPage(() => {
    const piece = new TextEncoder().encode(`${"a".repeat(65_000)} 1\n`);
    return new Response(new ReadableStream({ pull: (to) => to.enqueue(piece) }));
  }, async (address) => {
    const kept = reading(planOf(address, { timeout_ms: 60_000, interval_ms: 60_000 }));
    await kept.until(({ events }) => events.length > 0);
    await kept.finish();
    assert.match(kept.events[0]!.text, /cannot be read: it is larger than 4.00 MiB$/);
  }));

Deno.test("a server that is started anew is said, and makes no negative rate", () => {
  let [count, step] = [1000, 10];
  return withPage(
    () => page(`llamacpp:tokens_predicted_total ${count += step}\nllamacpp:requests_processing 0\n`),
    async (address) => {
      const kept = reading(planOf(address));
      await kept.until(({ samples }) => samples.some(({ values }) => (values.tokens_per_s ?? 0) > 0));
      [count, step] = [0, 1];
      await kept.until(({ events }) => events.length > 1);
      await kept.until(({ samples }) => (samples.at(-1)?.values.tokens_per_s ?? 0) > 0);
      await kept.finish();
      assert.deepEqual(kept.events.map(({ kind }) => kind), ["metrics_found", "metrics_restarted"]);
      assert.ok(kept.samples.every(({ values }) => !((values.tokens_per_s ?? 0) < 0)));
      assert.ok(kept.samples.some(({ values }) => values.tokens_per_s === null));
    },
  );
});

Deno.test("headers, tokens and the query are sent, and shown nowhere, not even where the server quotes them", () => {
  const [token, header, key] = ["tok-4f9a77", "hdr-51bb20", "qry-8c3e11"];
  const quote = (request: Request) =>
    new Response(JSON.stringify({ message: [...request.headers.values(), request.url].join(" ") }), { status: 500 });
  return withPage(quote, async (address, asked) => {
    const plan = planOf(address, {
      path: `/metrics?key=${key}`,
      headers: [{ key: "x-key", value: header }],
      auth: { kind: "bearer", token },
    });
    const kept = reading(plan);
    await kept.until(({ events }) => events.length > 0);
    await kept.finish();
    const [request] = asked;
    assert.deepEqual(
      [request?.headers.get("authorization"), request?.headers.get("x-key"), new URL(request!.url).search],
      [`Bearer ${token}`, header, `?key=${key}`],
    );
    const shown = JSON.stringify([kept.events, redactPlan(plan)]);
    assert.match(shown, /it answers 500/);
    for (const secret of [token, header, key]) assert.ok(!shown.includes(secret), shown);
  });
});

Deno.test("TLS is checked against the page's own authority", async () => {
  const { ca, other_ca, server } = await certificates();
  await withPage(() => page(), async (address) => {
    const tls = {
      ca_file: ca.cert_path,
      cert_file: null,
      key_file: null,
      server_name: null,
      insecure: false,
      pinned_sha256: null,
    };
    const kept = reading(planOf(address, { tls }));
    await kept.until(({ samples }) => samples.length > 0);
    await kept.finish();
    assert.match(kept.events[0]!.text, /https:\/\//);
    const wrong = reading(planOf(address, { tls: { ...tls, ca_file: other_ca.cert_path } }));
    await wrong.until(({ events }) => events.length > 0);
    await wrong.finish();
    assert.match(wrong.events[0]!.text, /cannot be read: The TLS certificate check with .* failed/);
    assert.deepEqual(wrong.samples, []);
  }, { cert: server.cert_pem, key: server.key_pem });
});

Deno.test("what a page lacks is said: another kind than asked for, metrics that are not there, fields that are off", () =>
  withPage(() => page('DCGM_FI_DEV_GPU_UTIL{gpu="0"} 5\n'), async (address) => {
    const texts = async (change: Parameters<typeof planOf>[1]) => {
      const kept = reading(planOf(address, change));
      await kept.until(({ events }) => events.length > 1);
      await kept.finish();
      return kept.events.map(({ text }) => text).join("\n");
    };
    assert.match(await texts({ preset: "vllm" }), /is not one of vLLM: it has no metric whose name begins with vllm:/);
    assert.match(
      await texts({ series: ["DCGM_FI_DEV_GPU_UTL"] }),
      /no metric "DCGM_FI_DEV_GPU_UTL": did you mean "DCGM_FI_DEV_GPU_UTIL"\?/,
    );
    assert.match(
      await texts({}),
      /DCGM exporter of gpus .* does not export DCGM_FI_DEV_POWER_MGMT_LIMIT, .*: to have them, take the # from their lines/,
    );
  }));
