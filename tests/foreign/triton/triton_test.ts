import assert from "node:assert/strict";
import type { OpenService } from "../../../lib/driver/driver.ts";
import { countsBetween } from "../../../lib/measure/server_statistics.ts";
import type { ServicePlan } from "../../../lib/plan/plan.ts";
import type { TensorPlan } from "../../../lib/plan/protocols.ts";
import { TRANSPORTS } from "../transports.ts";
import { call, type ClientSetup, tritonService, withTriton } from "./client.ts";
import { type RunningTriton, startTriton } from "./server.ts";

let triton: RunningTriton;
Deno.test.beforeAll(async () => {
  triton = await startTriton();
});
Deno.test.afterAll(() => triton.stop());

const THE_WORDS = ["A ", "calm ", "small ", "voice ", "tells "];

for (const { name: transport, open } of TRANSPORTS) {
  const using = (setup: ClientSetup, body: (opened: OpenService, service: ServicePlan) => Promise<void>) => {
    const service = tritonService(triton.target, setup);
    return withTriton(service, open, (opened) => body(opened, service));
  };

  for (const streams of ["per_request", "shared"] as const) {
    const title = (what: string) => `${transport}, ${streams}: ${what}`;
    const settings = { streams };

    for (const model of ["words", "words_ef"]) {
      Deno.test(
        title(`${model} answers piece by piece, and the answer ends`),
        () =>
          using({ model, settings }, async (opened) => {
            const { pieces, end } = call(opened, "llm.generate_stream", "Hello");
            const { outcome, details, content } = await end;
            assert.deepEqual([outcome, details], ["ok", ""]);
            assert.deepEqual(pieces, THE_WORDS);
            assert.deepEqual(content, { output: { count: 5, unit: "words" } });
          }),
      );

      Deno.test(
        title(`${model} answers whole where the task wants it whole`),
        () =>
          using({ model, settings }, async (opened) => {
            const { pieces, end } = call(opened, "llm.chat", "Hello");
            assert.equal((await end).outcome, "ok");
            assert.deepEqual(pieces, [THE_WORDS.join("")]);
          }),
      );

      Deno.test(
        title(`${model}: an error in a reply fails its request only`),
        () =>
          using({ model, settings }, async (opened) => {
            const prompts = ["fail", "Hello", "fail after 2"];
            const calls = prompts.map((prompt) => call(opened, "llm.generate_stream", prompt));
            const [at_once, fine, later] = await Promise.all(calls.map(({ end }) => end));
            for (const failed of [at_once, later]) {
              assert.deepEqual(
                [failed?.outcome, failed?.type, failed?.details],
                ["failed", "semantic:model_error", "the prompt asked for a failure"],
              );
            }
            assert.equal(fine?.outcome, "ok");
            assert.deepEqual(calls[2]?.pieces, THE_WORDS.slice(0, 1), "the model looks one word ahead");
          }),
      );
    }

    Deno.test(
      title("a model that is not decoupled answers in one message"),
      () =>
        using({ model: "words_whole", settings }, async (opened) => {
          for (const name of ["llm.generate", "llm.generate_stream"] as const) {
            const { pieces, end } = call(opened, name, "Hello");
            assert.equal((await end).outcome, "ok");
            assert.deepEqual(pieces, [THE_WORDS.join("")]);
          }
          const failed = await call(opened, "llm.generate_stream", "fail").end;
          assert.deepEqual([failed.outcome, failed.type], ["failed", "semantic:model_error"]);
          const unary = await call(opened, "llm.generate", "fail").end;
          assert.deepEqual([unary.outcome, unary.type], ["failed", "INTERNAL"]);
        }),
    );

    Deno.test(
      title("a model with a batch dimension counts tokens, of each message or of all"),
      () =>
        using({ model: "words_batched", settings }, async (opened) => {
          for (const name of ["llm.generate", "llm.generate_stream"] as const) {
            const { content } = await call(opened, name, "Hello").end;
            assert.deepEqual(content, { output: { count: 5, unit: "tokens" }, prompt_tokens: 5 });
          }
        }),
    );

    Deno.test(
      title("an answer of no words at all fails"),
      () =>
        using({ model: "words_ef", settings, options: { max_tokens: 0 } }, async (opened) => {
          const { outcome, type } = await call(opened, "llm.generate_stream", "Hello").end;
          assert.deepEqual([outcome, type], ["failed", "semantic:empty_text"]);
        }),
    );

    Deno.test(
      title("a request that is too slow ends by its deadline"),
      () =>
        using({ settings, timeout_ms: 300, options: { max_tokens: 10_000 } }, async (opened) => {
          const { outcome, type } = await call(opened, "llm.generate_stream", "Hello").end;
          assert.deepEqual([outcome, type], ["timed_out", "DEADLINE_EXCEEDED"]);
        }),
    );

    Deno.test(
      title("many requests at once all get their own answers"),
      () =>
        using({ model: "words_ef", settings }, async (opened) => {
          const calls = Array.from({ length: 100 }, () => call(opened, "llm.generate_stream", "Hello"));
          for (const { pieces, end } of calls) {
            assert.equal((await end).outcome, "ok");
            assert.deepEqual(pieces, THE_WORDS);
          }
        }),
    );

    Deno.test(
      title("a cancelled request stops the model where its stream is its own"),
      () =>
        using({ settings, options: { max_tokens: 100 } }, async (opened) => {
          const cancelled = async () => {
            const { pieces, end } = call(opened, "llm.generate", "cancelled?");
            await end;
            return Number(pieces.join(""));
          };
          const before = await cancelled();
          const { running, first, end, pieces } = call(opened, "llm.generate_stream", "Hello");
          await first;
          running.cancel();
          assert.equal((await end).outcome, "cancelled");
          const heard = pieces.length;
          if (streams === "per_request") {
            // The model looks before each word whether somebody still listens.
            const until_ms = performance.now() + 10_000;
            while (await cancelled() === before) assert.ok(performance.now() < until_ms, "the model was not told");
            assert.equal(await cancelled(), before + 1);
          } else {
            assert.equal((await call(opened, "llm.generate_stream", "Hello again").end).outcome, "ok");
            assert.equal(await cancelled(), before, "the model was not told");
          }
          assert.equal(pieces.length, heard);
        }),
    );
  }

  const health = async (setup: ClientSetup) => {
    let found;
    await using(setup, async (opened) => void (found = await opened.health(5000)));
    return found as unknown as { state: string; details: string };
  };
  const tensor = (name: string, value: TensorPlan["value"], datatype: string | null = null): TensorPlan => ({
    name,
    datatype,
    shape: null,
    value,
  });

  Deno.test(`${transport}: health tells models that are ready, unknown, of another version, or broken`, async () => {
    const ready = await health({});
    assert.equal(ready.state, "serving");
    assert.match(ready.details, /^model words, version 1, python, decoupled: answers piece by piece, triton 2\./);
    const unknown = await health({ model: "word" });
    assert.deepEqual(
      [unknown.state, unknown.details],
      [
        "failed",
        'The server has no model "word"; did you mean "words"? It has words, words_batched, words_broken, words_ef, words_whole',
      ],
    );
    assert.match((await health({ settings: { version: "7" } })).details, /has no version "7"; its versions: 1$/);
    assert.match(
      (await health({ model: "words_broken" })).details,
      /^Model "words_broken" is UNAVAILABLE: .*on purpose/,
    );
  });

  Deno.test(`${transport}: health tells tensors that do not fit`, async () => {
    const told = async (...inputs: TensorPlan[]) => (await health({ settings: { inputs } })).details;
    const text = tensor("text_input", "{{prompt}}");
    assert.match(await told(text), /also needs "max_tokens" \(INT32 \[1\]\)/);
    assert.match(await told(text, tensor("max_tokens", 5, "INT64")), /is INT32, not INT64/);
    assert.match(await told(text, tensor("max_token", 5)), /no input "max_token"; did you mean "max_tokens"\?/);
  });

  Deno.test(`${transport}: tensors named in the scenario are sent`, () =>
    using({
      settings: { inputs: [tensor("text_input", "{{prompt}}"), tensor("max_tokens", 2), tensor("stream", true)] },
    }, async (opened) => {
      const { pieces, end } = call(opened, "llm.generate_stream", "Hello");
      assert.equal((await end).outcome, "ok");
      assert.deepEqual(pieces, THE_WORDS.slice(0, 2));
    }));

  Deno.test(`${transport}: llm.health asks a real model's readiness, and statistics count what was asked`, () =>
    using({ model: "words_whole" }, async (opened) => {
      assert.equal((await call(opened, "llm.health", "").end).outcome, "ok");
      const counts = async () => (await opened.serverStatistics?.())?.find(({ model }) => model === "words_whole");
      const before = await counts();
      for (let number = 0; number < 3; number++) await call(opened, "llm.generate", "Hello").end;
      await call(opened, "llm.generate", "fail").end;
      assert.ok(before);
      // Triton counts a request once its reply is out.
      const soFar = async () => countsBetween(before, (await counts()) ?? before);
      let between = await soFar();
      for (let more = 100; more > 0 && (between?.inferences ?? 0) < 4; more--) {
        await new Promise((resolve) => setTimeout(resolve, 20));
        between = await soFar();
      }
      // An error that a model answers with is no failure of its run, says Triton.
      assert.deepEqual([between?.success.count, between?.fail.count, between?.inferences], [4, 0, 4]);
      // Five words take 30 ms and four times 10 ms.
      assert.ok((between?.compute_infer.sum_us ?? 0) > 3 * 60_000, JSON.stringify(between));
    }));
}
