import assert from "node:assert/strict";
import fc from "fast-check";
import { isOrdinary } from "../../../lib/plan/secret/telling.ts";
import { maskSecrets } from "../../../lib/scenario/read/masked.ts";
import { Problems } from "../../../lib/scenario/read/problems.ts";
import { readTree } from "../../../lib/scenario/read/yaml_tree.ts";

const scalarsOf = (text: string, environment: Record<string, string>) => {
  const problems = new Problems();
  const tree = readTree(text, "f", environment, problems);
  assert.deepEqual(problems.list, []);
  return JSON.stringify(tree, (key, value) => key === "at" || key === "loose" || key === "value" ? undefined : value);
};

/** A value as YAML may write it, in each of its forms. */
const WRITTEN: readonly ((value: string) => string)[] = [
  (value) => JSON.stringify(value),
  (value) => `'${value.replaceAll("'", "''")}'`,
  (value) => `|-\n          ${value}`,
  (value) => `>-\n          ${value}`,
  (value) => `&a ${JSON.stringify(value)}`,
];

Deno.test("maskSecrets() leaves no secret in the text, however it is written, and the text means the same", () => {
  const secret = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9+/=:' -]{8,30}[A-Za-z0-9]$/);
  fc.assert(
    fc.property(secret, secret, fc.nat(WRITTEN.length - 1), (one, other, form) => {
      // An ordinary word is hidden in its place, but not looked for in comments.
      fc.pre(!isOrdinary(one) && !isOrdinary(other));
      fc.pre(!one.includes(other) && !other.includes(one));
      const text = `services:
  calls:
    shop:
      host: h.example:1
      headers:
        x-key: ${(WRITTEN[form] as (value: string) => string)(one)}
      auth:
        bearer: ${JSON.stringify(other)} # ${other}
# ${one}
scenarios: { s: { users: 1, description: plain } }
`;
      const masked = maskSecrets(text, {});
      assert.ok(masked !== null, text);
      assert.ok(!masked.text.includes(one) && !masked.text.includes(other), masked.text);
      assert.match(masked.text, /description: plain/);
      assert.equal(scalarsOf(masked.text, masked.variables), scalarsOf(text, {}));
    }),
    { numRuns: 60 },
  );
});

Deno.test("maskSecrets() leaves variables as they are, but not their defaults", () => {
  const text = 'auth: { bearer: "${TOKEN}", other: 1 }\nheaders: { a: "${KEY:-sk-99887766}", b: "Bearer ${TOKEN}" }\n';
  const masked = maskSecrets(text, { TOKEN: "tok-123456" });
  assert.match(masked?.text ?? "", /bearer: "\$\{TOKEN\}"/);
  assert.match(masked?.text ?? "", /b: "Bearer \$\{TOKEN\}"/);
  assert.doesNotMatch(masked?.text ?? "", /sk-99887766|tok-123456/);
  assert.deepEqual(Object.values(masked?.variables ?? {}), ["sk-99887766"]);
});

Deno.test("maskSecrets() hides passwords and queries of addresses, and shows nothing that it cannot read", () => {
  const text = "host: http://me:hunter2x@h.example:1\nproxy: http://p:3128\npath: /a?key=abcdef\n";
  const masked = maskSecrets(text, {})?.text ?? "";
  assert.doesNotMatch(masked, /hunter2x|abcdef/);
  assert.match(masked, /proxy: http:\/\/p:3128/);
  assert.equal(maskSecrets("a: [", {}), null);
  assert.equal(maskSecrets('a: "${JUNE_LOAD_HIDDEN_1}"', {}), null, "a name of ours would be taken for ours");
});

Deno.test("maskSecrets() hides what an alias brings to a place of secrets", () => {
  const text = "note: &word zz-plain-77-word\nheaders: { x-key: *word }\n";
  const masked = maskSecrets(text, {});
  assert.doesNotMatch(masked?.text ?? "zz-plain-77-word", /zz-plain-77-word/);
});
