/**
 * One scenario that calls everything june-load speaks: NVIDIA's own Triton, Riva and OpenAI's interface of the simulator,
 * its REST and WebSocket gateway, and a Python gRPC server that june-load knows from reflection alone.
 */
import assert from "node:assert/strict";
import { standAloneSimulator } from "../../../lib/cli/sim/simulator.ts";
import { readResult } from "../../../lib/result/file.ts";
import type { Run } from "../../../lib/result/run.ts";
import type { Simulator } from "../../../lib/sim/simulator.ts";
import { filesBelow, inFolder, june, runFolder } from "../../end_to_end/cli.ts";
import { type Shop, startShop } from "../../foreign/reflection/shop.ts";
import { type RunningTriton, startTriton } from "../../foreign/triton/server.ts";

let triton: RunningTriton;
let shop: Shop;
let simulator: Simulator;
Deno.test.beforeAll(async () => {
  [triton, shop, simulator] = await Promise.all([
    startTriton(),
    startShop("v1"),
    standAloneSimulator({ ports: { llm: 0, stt: 0, tts: 0 }, http_port: 0 }),
  ]);
});
Deno.test.afterAll(async () => {
  await Promise.all([triton?.stop(), shop?.stop(), simulator?.close()]);
});

/** What one run asks of each service; each of these can be made to fail. */
interface Asks {
  model: string;
  system: string;
  openai_path: string;
  language: string;
  rest_path: string;
  message: unknown;
  customer: string;
}

const GOOD: Asks = {
  model: "words_batched",
  system: "Be brief.",
  openai_path: "/v1",
  language: "en-US",
  rest_path: "/api/v1/llm/generate",
  message: { type: "text", text: "{{prompt}}" },
  customer: "june {{seq}}",
};

function scenario(asks: Asks): string {
  const http = `http://${simulator.http_address}`;
  const { stt, tts } = simulator.addresses;
  return JSON.stringify({
    services: {
      grpc: {
        tensorrt_llm: { host: triton.target, model: asks.model, system: asks.system, max_tokens: 8, timeout: "5s" },
        llm: { protocol: "openai", host: `${http}${asks.openai_path}`, model: "june-sim-llm", max_tokens: 8 },
        stt: { protocol: "riva", host: stt, language: asks.language, pacing: "fast" },
        tts: { protocol: "riva", host: tts, language: "en-US" },
      },
      calls: {
        front: {
          protocol: "rest",
          host: http,
          exchanges: [{ path: asks.rest_path, json: { prompt: "{{prompt}}" }, checks: [{ path: "text" }] }],
        },
        socket: {
          protocol: "websocket",
          host: `ws://${simulator.http_address}`,
          path: "/ws/{{uuid}}",
          timeout: "2s",
          exchanges: [{ name: "websocket text", json: asks.message, reply: [{ path: "type", equals: "response" }] }],
        },
        shop: {
          protocol: "grpc",
          host: shop.target,
          exchanges: [{ name: "order", method: "shop.v1.Shop/Order", message: { customer: asks.customer } }],
        },
      },
    },
    scenarios: {
      mixed: {
        users: 8,
        spawn_rate: 80,
        duration: "5s",
        think_time: "10ms",
        tasks: {
          "llm.chat_stream@tensorrt_llm": 1,
          "llm.chat_stream@llm": 1,
          "stt.recognize_stream": 1,
          "tts.synthesize_stream": 1,
          "call@front": 1,
          "call@socket": 1,
          "call@shop": 1,
        },
        thresholds: ["error_rate <= 0%", "calls > 50", "p95(first_token) < 5s", "p95(first_audio) < 5s"],
      },
    },
  });
}

async function runWith(asks: Partial<Asks>, look: (ended: RunEnded) => Promise<void> | void, flags: string[] = []) {
  await inFolder(async (dir) => {
    // JSON is YAML.
    await Deno.writeTextFile(`${dir}/mixed.yaml`, scenario({ ...GOOD, ...asks }));
    const { code, stdout, stderr } = await june("run", `${dir}/mixed.yaml`, "--output-dir", `${dir}/out`, ...flags);
    const folder = await runFolder(`${dir}/out`, "mixed").catch(() => null);
    await look({ code, text: stdout + stderr, folder });
  });
}

interface RunEnded {
  code: number;
  text: string;
  /** Null when there is no report. */
  folder: string | null;
}

/** Every kind of failure of a run, by operation. */
function kinds(run: Run): Record<string, string[]> {
  const groups = Map.groupBy(run.failures, ({ operation }) => operation);
  return Object.fromEntries([...groups].map(([name, list]) => [name, list.map(({ type }) => type).toSorted()]));
}

Deno.test("one scenario calls Triton, OpenAI, Riva, REST, WebSocket and a reflected method, each with its own figures", async () => {
  await runWith({}, async ({ code, text, folder }) => {
    assert.equal(code, 0, text);
    const run = await readResult(folder!);
    const names = run.operations;
    assert.equal(names.length, 7, names.join(", "));
    for (const name of names) {
      const total = run.total({ operations: name });
      assert.ok(total.outcomes.ok > 0, `${name}: no call was ok`);
      assert.equal(total.outcomes.ok, total.issued, name);
    }
    const of = (name: string) => run.total({ operations: name });
    for (const name of ["llm.chat_stream@tensorrt_llm", "llm.chat_stream@llm"]) {
      assert.equal(of(name).histogram("first_message").count, of(name).outcomes.ok);
      assert.ok(of(name).counter("output_tokens") > 0, `${name} counts tokens`);
    }
    assert.ok(of("stt.recognize_stream").histogram("final_latency").count > 0);
    assert.equal(of("stt.recognize_stream").counter("word_errors"), 0);
    assert.ok(of("tts.synthesize_stream").counter("audio_received_us") > 0);
    const page = (await filesBelow(folder!)).find((name) => name.endsWith(".html"));
    const html = await Deno.readTextFile(`${folder}/${page}`);
    for (const name of names) assert.ok(html.includes(name), `${name} is not in the report`);
  });
});

Deno.test("failures of each service stand apart, each in plain words", async () => {
  const wrong: Partial<Asks> = {
    system: "fail after 2",
    openai_path: "/v2",
    rest_path: "/api/v1/nothing",
    message: { type: "dance" },
    customer: "",
  };
  await runWith(wrong, async ({ code, text, folder }) => {
    assert.equal(code, 99, text);
    const run = await readResult(folder!);
    assert.deepEqual(kinds(run), {
      "llm.chat_stream@tensorrt_llm": ["semantic:model_error"],
      "llm.chat_stream@llm": ["HTTP 404"],
      "rest POST /api/v1/nothing": ["HTTP 404"],
      "websocket text": ["semantic:error_message"],
      order: ["INVALID_ARGUMENT"],
    });
    const words = (name: string) => run.failures.find((one) => one.operation === name)?.example;
    assert.equal(words("llm.chat_stream@tensorrt_llm"), "the prompt asked for a failure");
    assert.equal(words("llm.chat_stream@llm"), "HTTP 404: POST /v2/chat/completions: no such path or model: Not Found");
    assert.equal(words("websocket text"), 'It answered with an error: the type "dance" is not known');
    assert.equal(words("order"), "an order needs a customer");
    for (const name of ["stt.recognize_stream", "tts.synthesize_stream"]) {
      const { ok, failed } = run.total({ operations: name }).outcomes;
      assert.deepEqual([ok > 0, failed], [true, 0], name);
    }
  }, ["--no-preflight"]);
});

Deno.test("before any load it is said which service is not as the scenario has it, and what to do", async () => {
  await runWith({ model: "wordz", language: "xx-XX" }, ({ code, text, folder }) => {
    assert.equal(code, 3, text);
    assert.equal(folder, null, "no load was sent");
    assert.match(text, /tensorrt_llm .*wordz/);
    assert.match(text, /stt .*xx-XX/);
    assert.match(text, /words_batched/, "the models that are there");
  });
});
