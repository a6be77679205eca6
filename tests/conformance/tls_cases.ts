/** TLS: what is accepted, and what is refused with which words. */
import assert from "node:assert/strict";
import { ConnectError, type TlsOptions } from "../../lib/transport/channel.ts";
import { type Certificate, type Certificates, certificates, removeCertificates } from "./certificates.ts";
import { encode, payload } from "./interop_messages.ts";
import { run, spec } from "./recorder.ts";
import type { RunningServer, ServerTls } from "./servers/server.ts";
import type { Context } from "./suite.ts";

/** TLS with nothing set: system roots, no client certificate. */
export const PLAIN_TLS: TlsOptions = {
  ca_pem: null,
  cert_pem: null,
  key_pem: null,
  server_name: null,
  insecure: false,
  pinned_sha256: null,
};

/** Registers the cases. */
export function tlsCases(context: Context): void {
  Deno.test.afterAll(removeCertificates);
  acceptedCases(context);
  refusedCases(context);
}

function acceptedCases(context: Context): void {
  const { test, traits } = context;
  const answers = (pick: (made: Certificates) => Certificate, tls: (made: Certificates) => Partial<TlsOptions>) => () =>
    withTls(context, (made) => serverTls(pick(made)), async (server, made) => {
      await context.withChannel(server.target, { tls: { ...PLAIN_TLS, ...tls(made) } }, async (channel) => {
        const request = encode("SimpleRequest", { response_size: 200_000, payload: payload(200_000) });
        const { status } = await run(channel, spec("UnaryCall"), request);
        assert.equal(status.code, 0, status.details);
      });
    });

  test(
    "TLS with the CA of the server",
    ["tls"],
    answers(
      ({ server }) => server,
      ({ ca }) => ({ ca_pem: ca.cert_pem }),
    ),
  );
  test(
    "TLS with another server name",
    ["tls"],
    answers(({ elsewhere }) => elsewhere, ({ ca }) => ({ ca_pem: ca.cert_pem, server_name: "elsewhere.test" })),
  );
  test(
    "TLS to an address in numbers",
    ["tls"],
    () =>
      withTls(context, ({ server }) => serverTls(server), async (server, { ca }) => {
        const tls = { ...PLAIN_TLS, ca_pem: ca.cert_pem };
        await context.withChannel(`127.0.0.1:${server.port}`, { tls }, async (channel) => {
          assert.equal((await run(channel, spec("EmptyCall"), new Uint8Array())).status.code, 0);
        });
      }),
  );
  test("TLS without verification", ["tls"], answers(({ self_signed }) => self_signed, () => ({ insecure: true })));
  if (traits.pins) {
    test(
      "TLS with a pinned certificate that is its own CA",
      ["tls"],
      answers(({ self_signed }) => self_signed, ({ self_signed }) => ({ pinned_sha256: self_signed.sha256 })),
    );
  }
  test(
    "TLS with a client certificate",
    ["tls", "mutual_tls"],
    () =>
      withTls(context, ({ server, ca }) => serverTls(server, ca), async (server, { ca, client }) => {
        const tls = { ...PLAIN_TLS, ca_pem: ca.cert_pem, cert_pem: client.cert_pem, key_pem: client.key_pem };
        await context.withChannel(server.target, { tls }, async (channel) => {
          assert.equal((await run(channel, spec("EmptyCall"), new Uint8Array())).status.code, 0);
        });
      }),
  );
}

/** A case whose connection must fail with a fault, words and the address. */
function refusal(context: Context) {
  return (
    pick: (made: Certificates) => ServerTls,
    tls: (made: Certificates) => TlsOptions | null,
    fault: string,
    words: RegExp,
  ) =>
  () =>
    withTls(context, pick, async (server, made) => {
      const error = await connectError(context, server.target, tls(made));
      assert.equal(error.fault, fault, error.message);
      assert.match(`${error.message}. ${error.remedy}`, words);
      assert.ok(error.message.includes(server.target), error.message);
    });
}

function refusedCases(context: Context): void {
  const { test, traits } = context;
  const refused = refusal(context);
  const withCa = ({ ca }: Certificates): TlsOptions => ({ ...PLAIN_TLS, ca_pem: ca.cert_pem });

  test(
    "an unknown CA is told",
    ["tls"],
    refused(
      ({ server }) => serverTls(server),
      ({ other_ca }) => ({ ...PLAIN_TLS, ca_pem: other_ca.cert_pem }),
      "certificate",
      /unknown|not signed/i,
    ),
  );
  test(
    "a wrong name is told",
    ["tls"],
    refused(({ elsewhere }) => serverTls(elsewhere), withCa, "certificate", /localhost/),
  );
  test(
    "an expired certificate is told",
    ["tls"],
    refused(({ expired }) => serverTls(expired), withCa, "certificate", /expired/),
  );
  test(
    "a missing client certificate is told",
    ["tls", "mutual_tls", "tls_alerts"],
    refused(({ server, ca }) => serverTls(server, ca), withCa, "certificate_wanted", /wants a client certificate/),
  );
  if (!context.starter.features.has("tls_alerts")) {
    test(
      "a missing client certificate is guessed when the server hangs up",
      ["tls", "mutual_tls"],
      refused(({ server, ca }) => serverTls(server, ca), withCa, "closed", /may require a client certificate/),
    );
  }
  test(
    "a self-signed certificate is told",
    ["tls"],
    refused(({ self_signed }) => serverTls(self_signed), () => PLAIN_TLS, "certificate", /self-signed|unknown/),
  );
  test(
    "plaintext to a TLS server is told",
    ["tls"],
    refused(({ server }) => serverTls(server), () => null, "tls_server", /TLS/),
  );
  if (traits.pins) {
    test(
      "a certificate other than the pinned one is told",
      ["tls"],
      refused(
        ({ server }) => serverTls(server),
        ({ self_signed }) => ({ ...PLAIN_TLS, pinned_sha256: self_signed.sha256 }),
        "certificate",
        /pinned|fingerprint/,
      ),
    );
  }
  test("TLS to a plaintext server is told", [], async () => {
    const server = await context.starter.start();
    try {
      const error = await connectError(context, server.target, PLAIN_TLS);
      assert.equal(error.fault, "not_tls_server", error.message);
    } finally {
      await server.kill();
    }
  });
}

function serverTls(of: Certificate, client_ca?: Certificate): ServerTls {
  return {
    cert_path: of.cert_path,
    key_path: of.key_path,
    ...(client_ca && { client_ca_path: client_ca.cert_path }),
  };
}

async function withTls(
  { starter }: Context,
  tls: (made: Certificates) => ServerTls,
  body: (server: RunningServer, made: Certificates) => Promise<void>,
): Promise<void> {
  const made = await certificates();
  const server = await starter.start({ tls: tls(made) });
  try {
    await body(server, made);
  } finally {
    await server.kill();
  }
}

async function connectError({ withChannel }: Context, target: string, tls: TlsOptions | null): Promise<ConnectError> {
  const error = await withChannel(target, { tls, connect_timeout_ms: 3000 }, () => Promise.resolve()).then(
    () => assert.fail("It connected"),
    (error: unknown) => error,
  );
  assert.ok(error instanceof ConnectError, String(error));
  assert.ok(error.remedy.length > 0);
  return error;
}
