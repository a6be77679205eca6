/** A variable in every setting that the schema knows: hidden in plan, faults and failures, unless reports must show it. */
import assert from "node:assert/strict";
import { Secrets } from "../../lib/driver/auth/secrets.ts";
import { redactPlan } from "../../lib/plan/plan.ts";
import type { Json } from "../../lib/plan/protocols.ts";
import { describePlan } from "../../lib/scenario/describe/describe.ts";
import { loadScenario } from "../../lib/scenario/load.ts";
import { SHOWN_KEYS } from "../../lib/scenario/read/hidden.ts";
import { Problems, ScenarioError } from "../../lib/scenario/read/problems.ts";
import { looseScalar } from "../../lib/scenario/read/tree.ts";
import { scenarioFile } from "../../lib/scenario/schema/scenario_file.ts";
import type { Shape } from "../../lib/scenario/shape/shape.ts";

const MARK = "pl4nted8f3a61c2";

/** Paths of all settings without settings inside, such as `.services.calls.<name> (rest).exchanges[].path`. */
function settingsOf(shape: Shape<unknown>, path = ""): [path: string, shape: Shape<unknown>][] {
  const inside = shape.parts.flatMap((part) => settingsOf(part.shape, path + part.suffix));
  // Maps and lists may also be a text, such as a part of a form. Two services have an older name besides theirs.
  return [...inside, [path, shape] as const].filter(([path]) => !/grpc\.(tensorrt_llm|inference_api)/.test(path)) as [
    string,
    Shape<unknown>,
  ][];
}

/** Whether a setting takes a text. */
function takes(shape: Shape<unknown>, text: string): boolean {
  const problems = new Problems();
  shape.decode(looseScalar(text, "f.yaml:1:1"), "x", {
    problems,
    dir: "/d",
    exists: () => true,
    readText: () => "0\n",
  });
  return problems.list.length === 0;
}

/** How a text may be written where only some are allowed; the last ones hold what no report shows. */
const FORMS = ["$", "/a/$", "http://h:1/$", "/a?s=$", "http://h:1/?s=$", "http://me:$@h:1", "{{uuid}} $ $"];

/** What must stand beside a setting; by the end of the path of the map that holds it. */
const BESIDE: readonly [path: RegExp, more: Record<string, Json>][] = [
  [/\.oauth2$/, { token_url: "http://l/t", client_id: "a", client_secret: "b" }],
  [/\.auth\.oauth2\.tls$|\.tls$/, {}],
  [/\.tensors\[\]$/, { name: "t", value: 1 }],
  [/\(rest\)\.exchanges\[\]$|rest_endpoints\[\]$/, { path: "/a" }],
  [/\(websocket\)\.exchanges\[\]$/, { text: "a" }],
  [/\(grpc\)\.exchanges\[\]$/, { method: "a.B/C" }],
  [/\(openai\)$/, { model: "m" }],
  [/\(rest\)$/, { exchanges: [{ path: "/a" }] }],
  [/\(websocket\)$/, { exchanges: [{ text: "a" }] }],
  [/calls\.<name> \(grpc\)$/, { exchanges: [{ method: "a.B/C" }] }],
  [/\.gateway$/, { host: "h", rest_endpoints: [{ path: "/a" }] }],
  [/\.pages\.<name>$/, { url: "http://h/m" }],
  [/\.scenarios\.<name>$/, { users: 1, duration: "1s" }],
  [/\.multipart$/, { other: "x" }],
];

/** Settings that exclude each other: one of these is left out beside the other. */
const INSTEAD: Readonly<Record<string, readonly string[]>> = { json: ["text"], clip: ["text"], cert: [], key: [] };

/** A file with one value at a path of settings, and what must stand beside it. */
function fileWith(path: string, value: Json): Json {
  const steps = [...path.matchAll(/\.(<[^>]+>|[^.[\s]+)|(\[\])| \(([^)]+)\)/g)];
  const make = (index: number, upTo: string): Json => {
    const step = steps[index];
    if (step === undefined) return value;
    const [whole, key, item, variant] = step;
    const below = make(index + 1, upTo + whole);
    const beside = Object.assign({}, ...BESIDE.filter(([end]) => end.test(upTo)).map(([, more]) => more)) as Record<
      string,
      Json
    >;
    if (item !== undefined) return [below];
    if (variant !== undefined) return typeof below === "object" ? { ...below, protocol: variant } : below;
    const name = key!.startsWith("<") ? "planted" : key!;
    for (const other of INSTEAD[name] ?? []) delete beside[other];
    return { ...beside, [name]: below };
  };
  const file = make(0, "") as Record<string, Json>;
  return { ...file, scenarios: file.scenarios ?? { one: { users: 1, duration: "1s" } } };
}

/** The encodings of `tests/plan/secret/quotes_test.ts` that a plain word does not share with itself. */
const QUOTED = [MARK, MARK.toUpperCase(), btoa(MARK), btoa(`x:${MARK}`), new TextEncoder().encode(MARK).toHex()];

/** `hidden`, `shown` where the plan shows it, `refused` with what was said, or `unused` where nothing of the plan holds it. */
function fateOf(path: string, form: string): { fate: "hidden" | "shown" | "refused"; text: string } {
  // Only the place tells that it is a secret: not the name of the variable, and not the key.
  const text = JSON.stringify(fileWith(path, form.replaceAll("$", "${PLACE}")));
  const input = { text, file: "f.yaml", dir: "/d", env: { PLACE: MARK }, cores: 2, overrides: {} };
  try {
    const { plan, warnings } = loadScenario({ ...input, exists: () => true, readText: () => "0\n" });
    const redacted = redactPlan(plan);
    const shown = [JSON.stringify(redacted), ...describePlan(redacted), ...warnings].join("\n");
    if (shown.includes(MARK)) return { fate: "shown", text: shown };
    if (!JSON.stringify(plan).includes(MARK)) return { fate: "refused", text: "" };
    for (const service of plan.services) {
      const secrets = new Secrets(service);
      for (const quoted of QUOTED) {
        const safe = secrets.hide(`it said ${quoted} and more`);
        assert.ok(!safe.includes(quoted.slice(3, -3)), `${path}: a failure shows ${safe}`);
      }
    }
    return { fate: "hidden", text: shown };
  } catch (error) {
    if (!(error instanceof ScenarioError)) throw error;
    assert.ok(!error.message.includes(MARK), `${path}: ${error.message}`);
    return { fate: "refused", text: error.message };
  }
}

/** Settings with users, passwords and queries. */
const ADDRESSES = /^(host|proxy|token_url|url)$/;

const lastKey = (path: string): string => /([a-z_]+|<[^>]+>)(?:\[\])?(?: \([^)]+\))?$/.exec(path)?.[1] ?? "";

Deno.test("a variable in any setting is hidden, unless the setting is one that reports must show", () => {
  const [shown, hidden]: [Set<string>, Set<string>] = [new Set(), new Set()];
  const wrong: string[] = [];
  for (const [path, shape] of new Map(settingsOf(scenarioFile))) {
    for (const form of FORMS) {
      if (!takes(shape, form.replaceAll("$", MARK))) continue;
      const { fate, text } = fateOf(path, form);
      if (fate === "refused") continue;
      (fate === "shown" ? shown : hidden).add(path);
      const mayShow = SHOWN_KEYS.has(lastKey(path)) && !(ADDRESSES.test(lastKey(path)) && /[?@]/.test(form));
      if (fate === "shown" && !mayShow) wrong.push(`${path} = ${form} is shown: ...${around(text)}...`);
    }
  }
  assert.deepEqual(wrong, []);
  // Some that a wrong walk would miss.
  for (
    const path of [
      ".services.grpc.llm.auth.bearer",
      ".services.grpc.llm.system",
      ".services.grpc.llm (triton).tensors[].value",
      ".services.grpc.stt (openai).extra.<field>",
      ".services.grpc.tts (june).metadata.<key>",
      ".services.calls.<name> (grpc).exchanges[].messages[]",
      ".services.calls.<name> (rest).exchanges[].multipart.<part>",
      ".services.calls.<name> (rest).exchanges[].checks[].equals",
      ".services.calls.<name> (rest).login",
      ".services.calls.<name> (websocket).path",
      ".services.calls.<name> (websocket).exchanges[].json",
      ".services.gateway.headers.<key>",
    ]
  ) assert.ok(hidden.has(path), `${path} was not tried`);
  assert.ok(shown.size > 20 && hidden.size > 60, `${shown.size} shown, ${hidden.size} hidden`);
});

function around(text: string): string {
  const at = text.indexOf(MARK);
  return text.slice(Math.max(0, at - 80), at + 60);
}

Deno.test("a variable whose name marks it as a secret is hidden wherever it stands", () => {
  const file = fileWith(".services.calls.<name> (rest).exchanges[].name", "to ${API_TOKEN}") as Record<string, Json>;
  const text = JSON.stringify({ ...file, reports: { output_dir: "out/${API_TOKEN}" } });
  const { plan } = loadScenario({ text, file: "f.yaml", dir: "/d", env: { API_TOKEN: MARK }, cores: 2, overrides: {} });
  const redacted = redactPlan({ ...plan, description: `for ${MARK}` });
  assert.equal(redacted.description, "for ***");
  assert.equal(redacted.tasks[0]?.operation, "to {API_TOKEN}");
  assert.ok(!JSON.stringify(redacted).includes(MARK));
  // The run itself needs it.
  assert.ok(plan.output.dir.endsWith(MARK));
});

Deno.test("short values and ordinary words of variables stay in plans, names and faults", () => {
  const env = { LANGUAGE: "en", MODE: "streaming", COUNT: "12" };
  const text = JSON.stringify({
    services: {
      calls: { shop: { protocol: "rest", host: "h", exchanges: [{ path: "/${MODE}/${LANGUAGE}?n=${COUNT}" }] } },
    },
    scenarios: { one: { users: "${COUNT}", duration: "1s" } },
  });
  const { plan } = loadScenario({ text, file: "f.yaml", dir: "/d", env, cores: 2, overrides: {} });
  assert.equal(plan.hidden, undefined);
  assert.equal(plan.tasks[0]?.operation, "rest GET /streaming/en");
});
