import assert from "node:assert/strict";
import fc from "fast-check";
import { expandEnvironment } from "../../../lib/scenario/read/environment.ts";

const expand = (text: string, environment: Record<string, string> = {}) => {
  const result = expandEnvironment(text, environment);
  return result.ok ? result.text : assert.fail(result.error);
};
const fault = (text: string, environment: Record<string, string> = {}) => {
  const result = expandEnvironment(text, environment);
  return result.ok ? assert.fail(result.text) : result.error;
};

Deno.test("expandEnvironment() fills in variables and defaults", () => {
  assert.equal(expand("${HOST}:${PORT:-50051}", { HOST: "gpu1" }), "gpu1:50051");
  assert.equal(expand("${HOST:-a}", { HOST: "b" }), "b");
  assert.equal(expand("${HOST:-a}", { HOST: "" }), "a");
  assert.equal(expand("${HOST:-}"), "");
  assert.equal(expand("${HOST}", { HOST: "" }), "");
  assert.equal(expand("${URL:-unix:/run/a.sock}"), "unix:/run/a.sock");
});

Deno.test("expandEnvironment() does not expand what a variable holds", () => {
  assert.equal(expand("${A}", { A: "${B}", B: "x" }), "${B}");
});

Deno.test("expandEnvironment() reads $${ as a plain ${", () => {
  assert.equal(expand("$${HOST} costs $5"), "${HOST} costs $5");
});

Deno.test("expandEnvironment() names what is unset or cannot be read", () => {
  assert.match(fault("${HOST}"), /^The environment variable "HOST" is not set and has no default/);
  assert.match(fault("${constructor}"), /^The environment variable "constructor" is not set/);
  assert.match(fault("${9x}"), /^Cannot read "\$\{9x\}": write \$\{NAME\} or \$\{NAME:-default\}/);
  assert.match(fault("${HOST"), /^Cannot read "\$\{HOST"/);
  assert.match(fault("${}"), /^Cannot read "\$\{\}"/);
});

Deno.test("expandEnvironment() leaves text without references alone", () => {
  fc.assert(fc.property(fc.string().filter((text) => !text.includes("${")), (text) => {
    assert.equal(expand(text), text);
  }));
});
