/**
 * The driver against a real server of OpenAI's interface, such as llama.cpp's: `OPENAI_TEST_URL=127.0.0.1:8080` names it,
 * `OPENAI_TEST_MODEL` its model. Building one takes long, so that this is not part of CI.
 */
import assert from "node:assert/strict";
import { openOpenAi } from "../../../lib/driver/openai/open.ts";
import type { OperationEnd } from "../../../lib/driver/driver.ts";
import type { TaskName } from "../../../lib/plan/tasks.ts";
import { run, servicePlan, type Setup } from "../../driver/openai/bench.ts";

const address = Deno.env.get("OPENAI_TEST_URL");
const model = Deno.env.get("OPENAI_TEST_MODEL") ?? "";
const TOKENS = 32;

async function once(name: TaskName, setup: Setup = {}): Promise<{ end: OperationEnd; contents: number; text: string }> {
  const opened = await openOpenAi(servicePlan("llm", address as string, {
    settings: { model, extra: { ignore_eos: true }, ...setup.settings },
    service: { options: { kind: "llm", max_tokens: TOKENS, temperature: 0.7, system: "" }, ...setup.service },
  }));
  try {
    const marks = await run(opened, name, { listen: true });
    const contents = marks.names.filter((mark) => mark === "content").length;
    return { end: marks.result as OperationEnd, contents, text: marks.pieces.join("") };
  } finally {
    await opened.close();
  }
}

const realTest = (name: string, body: () => Promise<void>) =>
  Deno.test({ name: `real server: ${name}`, ignore: address === undefined, fn: body });

realTest("streams have content piece by piece, and the tokens that were asked for", async () => {
  for (const name of ["llm.chat_stream", "llm.generate_stream"] as const) {
    const { end, contents, text } = await once(name);
    assert.deepEqual([end.outcome, end.details], ["ok", ""], name);
    assert.deepEqual(end.content?.output, { count: TOKENS, unit: "tokens" });
    assert.ok((end.content?.prompt_tokens ?? 0) > 0);
    assert.ok(contents > 1 && contents <= TOKENS, `${contents} pieces`);
    assert.ok(text.length > 0);
  }
});

realTest("whole answers count the same tokens", async () => {
  for (const name of ["llm.chat", "llm.generate"] as const) {
    const { end, text } = await once(name);
    assert.deepEqual([end.outcome, end.details, end.content?.output?.count], ["ok", "", TOKENS], name);
    assert.ok(text.length > 0);
  }
});

realTest("its health is its list of models", async () => {
  const opened = await openOpenAi(servicePlan("llm", address as string, { settings: { model } }));
  await opened.connect();
  assert.equal((await opened.health(5000)).state, "serving");
  await opened.close();
  assert.equal((await once("llm.health")).end.outcome, "ok");
});

realTest("a wrong path and a wrong body are told in plain words", async () => {
  const path = await once("llm.chat", { settings: { base_path: "/nowhere" } });
  assert.equal(path.end.type, "HTTP 404");
  const body = await once("llm.chat", { settings: { extra: { messages: "none" } } });
  assert.match(body.end.type, /^HTTP [45]/);
  assert.match(body.end.details, /^HTTP [45]\d\d: [a-z].*: ./);
});

realTest("many calls at once all end well; connections are kept as far as the server keeps them", async () => {
  const setup = servicePlan("llm", address as string, {
    settings: { model, extra: { ignore_eos: true } },
    service: { connections: 8, options: { kind: "llm", max_tokens: 8, temperature: 0.7, system: "" } },
  });
  const opened = await openOpenAi(setup);
  const rounds = async (name: TaskName) => {
    for (let round = 0; round < 3; round++) {
      const all = await Promise.all(Array.from({ length: 8 }, () => run(opened, name)));
      assert.deepEqual([...new Set(all.map(({ result }) => result?.type))], [""]);
    }
  };
  await rounds("llm.chat");
  assert.deepEqual([opened.stats().connections, opened.stats().reconnects_total], [8, 0]);
  // llama.cpp says keep-alive and closes after each stream.
  await rounds("llm.chat_stream");
  assert.ok(opened.stats().connections <= 8);
  await opened.close();
});

realTest("a cancel does not harm the next request", async () => {
  const opened = await openOpenAi(servicePlan("llm", address as string, { settings: { model } }));
  const cut = await run(opened, "llm.chat_stream", { onContent: (cancel) => cancel() });
  assert.equal(cut.result?.outcome, "cancelled");
  assert.equal((await run(opened, "llm.chat_stream")).result?.outcome, "ok");
  await opened.close();
});
