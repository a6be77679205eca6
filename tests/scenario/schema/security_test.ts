import assert from "node:assert/strict";
import { redactPlan } from "../../../lib/plan/plan.ts";
import { describePlan } from "../../../lib/scenario/describe/describe.ts";
import { faultsOf, fileWith, planOf } from "../helpers.ts";

const serviceOf = (line: string) => planOf(fileWith({ services: [line] }), { env: { TOKEN: "hush" } }).services[0]!;
const faultOf = (line: string) => faultsOf(fileWith({ services: [line] })).join("\n");

Deno.test("a service takes its token from the environment, a file or a token endpoint", () => {
  assert.deepEqual(serviceOf("llm: { auth: { bearer: '${TOKEN}' } }").auth, { kind: "bearer", token: "hush" });
  assert.deepEqual(serviceOf("stt: { protocol: riva, auth: { bearer_file: t } }").auth, {
    kind: "bearer_file",
    file: "/files/t",
  });
  const oauth2 = serviceOf(
    "llm: { protocol: openai, model: m, auth: { oauth2: { token_url: 'https://login/a/?t=1', client_id: me, client_secret: hush, scope: a b, send_as: body } } }",
  ).auth;
  assert.ok(oauth2?.kind === "oauth2");
  const { tls, ...rest } = oauth2;
  assert.equal(tls?.insecure, false);
  assert.deepEqual(rest, {
    kind: "oauth2",
    address: "login:443",
    path: "/a/?t=1",
    client_id: "me",
    client_secret: "hush",
    scope: "a b",
    audience: "",
    send_as: "body",
  });
  assert.equal("auth" in serviceOf("llm:"), false);
});

Deno.test("a service is reached through a proxy only when it names one", () => {
  assert.deepEqual(serviceOf("llm: { proxy: 'http://me:hush@p:3128' }").proxy, {
    address: "p:3128",
    credentials: "me:hush",
  });
  assert.equal(
    "proxy" in planOf(fileWith({ services: ["llm:"] }), { env: { HTTP_PROXY: "http://p:1" } }).services[0]!,
    false,
  );
});

Deno.test("neither the shown nor the saved plan has a secret", () => {
  const plan = planOf(fileWith({
    services: [
      "llm: { auth: { bearer: hush1 }, proxy: 'http://me:hush2@p:3128' }",
      "stt: { auth: { oauth2: { token_url: 'http://login/t?k=hush3', client_id: hush4, client_secret: hush5 } } }",
      "tts: { auth: { bearer_file: token } }",
    ],
  }));
  const lines = describePlan(plan).join("\n");
  assert.match(lines, /bearer token, through the proxy p:3128/);
  assert.match(lines, /bearer token of login:80/);
  assert.match(lines, /bearer token of \/files\/token/);
  for (const shown of [lines, JSON.stringify(redactPlan(plan))]) assert.ok(!shown.includes("hush"), shown);
});

Deno.test("faults of credentials say what to do and never repeat a secret", () => {
  const cases: [string, RegExp][] = [
    ["llm: { auth: { } }", /auth: Expected one of "bearer", "bearer_file" and "oauth2"$/],
    ["llm: { auth: { bearer: hush, bearer_file: f } }", /auth: Expected one of/],
    [
      "llm: { auth: { bearer: 'hush\u00e9' } }",
      /bearer: Expected a token, printable ASCII .*; the value found is not shown/,
    ],
    [
      "llm: { auth: { bearer: hush }, metadata: { Authorization: hush } }",
      /Both "auth" and a header "authorization" are given: remove one$/,
    ],
    [
      "llm: { auth: { oauth2: { client_id: a, client_secret: hush } } }",
      /token_url: Missing key "token_url": expected a URL such as/,
    ],
    [
      "llm: { auth: { oauth2: { token_url: login, client_id: a, client_secret: hush } } }",
      /token_url: Expected a URL such as .*, found "login"$/,
    ],
    ["llm: { proxy: 'https://me:hush@p' }", /june-load does not speak TLS to a proxy/],
    ["llm: { proxy: 'me:hush@p' }", /Cannot read the proxy/],
  ];
  for (const [line, message] of cases) {
    assert.match(faultOf(line), message);
    assert.ok(!faultOf(line).includes("hush"), faultOf(line));
  }
});
