/** Tokens from a token endpoint: how it is asked, when again, and what is said when it gives none. */
import assert from "node:assert/strict";
import { openCredentials } from "../../lib/driver/auth/credentials.ts";
import type { Token, TokenSource } from "../../lib/driver/core/tokens.ts";
import type { OAuth2Plan } from "../../lib/plan/plan.ts";
import type { Secrets } from "../../lib/driver/auth/secrets.ts";
import { certificates, removeCertificates } from "../conformance/certificates.ts";
import { granted, oauth2, serviceWith, type TokenAnswer, withEndpoint } from "./token_endpoint.ts";

Deno.test.afterAll(removeCertificates);

async function withTokens(
  plan: OAuth2Plan,
  body: (source: TokenSource, secrets: Secrets) => Promise<void>,
): Promise<void> {
  const { source, secrets } = await openCredentials(serviceWith(plan));
  assert.ok(source);
  try {
    await body(source, secrets);
  } finally {
    await source.close();
  }
}

function sent(source: TokenSource): Token {
  const token = source.token();
  assert.ok("authorization" in token, JSON.stringify(token));
  return token;
}

Deno.test("the client shows its secret as HTTP Basic or in the form, with scope and audience where they are named", () =>
  withEndpoint(() => granted("t0ken-1"), async ({ target, questions }) => {
    await withTokens(oauth2(target, { path: "/a/b/?tenant=1" }), async (source, secrets) => {
      await source.ready();
      assert.equal(sent(source).authorization, "Bearer t0ken-1");
      assert.equal(secrets.hide("you sent t0ken-1 and s3cret:%&"), "you sent *** and ***");
    });
    await withTokens(
      oauth2(target, { send_as: "body", scope: "a b", audience: "june" }),
      async (source) => await source.ready(),
    );
    const [basic, form] = questions;
    assert.equal(basic?.path, "/a/b/?tenant=1");
    assert.equal(atob(basic?.authorization?.slice("Basic ".length) ?? ""), "load+tester:s3cret%3A%25%26");
    assert.equal(basic?.form.toString(), "grant_type=client_credentials");
    assert.equal(form?.authorization, undefined);
    assert.deepEqual(Object.fromEntries(form?.form ?? []), {
      grant_type: "client_credentials",
      scope: "a b",
      audience: "june",
      client_id: "load tester",
      client_secret: "s3cret:%&",
    });
  }));

Deno.test("a token is asked for anew before it expires, and used from then on", () =>
  withEndpoint((number) => granted(`t0ken-${number}`, 1), async ({ target, asked }) => {
    await withTokens(oauth2(target), async (source) => {
      await source.ready();
      const first = sent(source);
      await asked(2);
      while (sent(source) === first) await new Promise((resolve) => setTimeout(resolve, 5));
      assert.equal(sent(source).authorization, "Bearer t0ken-2");
    });
  }));

Deno.test("a token that is refused is asked for once, however many calls it was refused to", () =>
  withEndpoint((number) => granted(`t0ken-${number}`), async ({ target, questions, asked }) => {
    await withTokens(oauth2(target), async (source) => {
      await Promise.all([source.ready(), source.ready(), source.ready()]);
      assert.equal(questions.length, 1);
      const first = sent(source);
      for (let call = 0; call < 50; call++) source.rejected(first);
      await asked(2);
      while (sent(source) === first) await new Promise((resolve) => setTimeout(resolve, 5));
      // A refusal of the old token that comes late, and one of the new token soon after, lead to nothing.
      source.rejected(first);
      source.rejected(sent(source));
      await source.close();
      assert.equal(questions.length, 2);
    });
  }));

Deno.test("an endpoint that fails later leaves the token in use until it expires; then calls are told why", () => {
  const answers = (number: number): TokenAnswer =>
    number === 1 ? granted("t0ken-1", 1) : { status: 503, body: '{"error":"t0ken-1 and s3cret:%& are gone"}' };
  return withEndpoint(answers, async ({ target, asked }) => {
    await withTokens(oauth2(target), async (source) => {
      await source.ready();
      const first = sent(source);
      await asked(2);
      while (source.token() === first) await new Promise((resolve) => setTimeout(resolve, 5));
      const none = source.token();
      assert.ok("missing" in none);
      assert.equal(
        none.missing,
        `No token for service llm from the token endpoint http://${target}/token: ` +
          "HTTP 503: the server is overloaded or still loading: *** and *** are gone",
      );
    });
  });
});

function refuses(name: string, answer: TokenAnswer, words: RegExp): void {
  Deno.test(`no token: ${name}`, () =>
    withEndpoint(() => answer, async ({ target }) => {
      await withTokens(oauth2(target, { path: "/token?key=hush" }), async (source) => {
        await assert.rejects(source.ready(), (error: Error) => {
          assert.equal(error.name, "ConnectError");
          assert.ok(
            error.message.startsWith(`No token for service llm from the token endpoint http://${target}/token: `),
          );
          assert.match(error.message, words);
          assert.doesNotMatch(error.message, /s3cret|hush/);
          return true;
        });
      });
    }));
}

refuses(
  "a wrong secret, which the endpoint quotes",
  { status: 401, body: '{"error":"invalid_client","error_description":"s3cret:%& is not it"}' },
  /HTTP 401: the key is missing or not accepted: invalid_client$/,
);
refuses("a scope it does not know", { status: 400, body: '{"error":"invalid_scope"}' }, /HTTP 400: .*invalid_scope$/);
refuses("an answer that is not JSON", { body: "<html>" }, /HTTP 200, but its answer is not JSON$/);
refuses("an answer without a token", { body: '{"token":"x"}' }, /has no access_token that can be sent$/);
refuses("a token with a line break", { body: '{"access_token":"a\\nb"}' }, /has no access_token that can be sent$/);
refuses("null", { body: "null" }, /has no access_token that can be sent$/);
refuses("a token of another kind", { body: '{"access_token":"a","token_type":"mac"}' }, /not a bearer token$/);

Deno.test("no token: nobody listens, or the certificate is wrong", async () => {
  await withTokens(oauth2("127.0.0.1:1"), async (source) => {
    await assert.rejects(
      source.ready(),
      /token endpoint http:\/\/127\.0\.0\.1:1\/token: Nobody listens at "127\.0\.0\.1:1"/,
    );
  });
  const { server, other_ca, ca } = await certificates();
  const tls = {
    ca_file: ca.cert_path,
    cert_file: null,
    key_file: null,
    server_name: null,
    insecure: false,
    pinned_sha256: null,
  };
  await withEndpoint(() => granted("t0ken-1"), async ({ target }) => {
    await withTokens(oauth2(target, { tls }), async (source) => {
      await source.ready();
      assert.equal(sent(source).authorization, "Bearer t0ken-1");
    });
    await withTokens(oauth2(target, { tls: { ...tls, ca_file: other_ca.cert_path } }), async (source) => {
      await assert.rejects(source.ready(), /token endpoint https:\/\/.*its CA is unknown here/);
    });
  }, { cert: server.cert_pem, key: server.key_pem });
});
