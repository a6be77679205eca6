import assert from "node:assert/strict";
import { loadScenario } from "../../../lib/scenario/load.ts";

/** What a file with `key: value` under its scenario, and `services` beside it, is refused with. */
function refusal(key: string, value: string, services = "{}"): string {
  const text = `scenarios: { a: { duration: 1s, ${key}: ${value}, tasks: { llm.chat: 1 } } }\nservices: ${services}\n`;
  try {
    loadScenario({ text, file: "a.yaml", dir: "/", env: {}, cores: 1, overrides: {} });
    return "";
  } catch (error) {
    return (error as Error).message;
  }
}

Deno.test("a value that is far too long is refused before it is read, whatever it is", () => {
  const long = `"${"5".repeat(200_000)}${" ".repeat(300_000)}x"`;
  for (const key of ["rate", "users", "grace", "think_time", "spawn_rate", "thresholds"]) {
    const message = refusal(key, key === "thresholds" ? `[${long}]` : long);
    assert.match(message, /found 500001 characters/, key);
    assert.ok(message.length < 2000, key);
  }
});

Deno.test("texts with limits of their own keep them", () => {
  const service = (system: string) => `{ grpc: { llm: { host: "127.0.0.1:1", system: "${system}" } } }`;
  assert.equal(refusal("users", "1", service("word ".repeat(2000))), "");
  assert.match(refusal("users", "1", service("word ".repeat(20_001))), /found 100,005/);
});

Deno.test("a content type that repeats is read at once", () => {
  const rest = (type: string) =>
    `{ calls: { gw: { protocol: rest, host: "http://127.0.0.1:1", exchanges: [{ path: /x, body: a, content_type: "${type}" }] } } }`;
  assert.match(refusal("users", "1", rest(`${"a; ".repeat(30)}é`)), /Expected a content type/);
  assert.doesNotMatch(refusal("users", "1", rest("text/plain; charset=utf-8;version=1")), /a content type/);
});
