import assert from "node:assert/strict";
import { diagnose } from "../../../lib/transport/diagnose/diagnose.ts";
import { certificateFault } from "../../../lib/transport/faults.ts";
import { PLAIN_TLS } from "../../conformance/tls_cases.ts";
import { frame, withScriptedPeer } from "../../conformance/scripted_peer.ts";

/** Runs a peer that writes `bytes` at once and ends, whatever it is sent. */
async function withSpeaker(text: string, body: (target: string) => Promise<void>): Promise<void> {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const speaking = (async () => {
    for await (const conn of listener) {
      await conn.read(new Uint8Array(512)).catch(() => null);
      await conn.write(Uint8Array.from(text, (letter) => letter.charCodeAt(0))).catch(() => 0);
      conn.close();
    }
  })();
  try {
    await body(`127.0.0.1:${listener.addr.port}`);
  } finally {
    listener.close();
    await speaking;
  }
}

Deno.test("diagnose() finds nothing wrong with an HTTP/2 server", () =>
  withScriptedPeer(() => {}, async (target) => {
    assert.equal(await diagnose(target, null, 2000), null);
  }));

Deno.test("diagnose() takes a GOAWAY for an answer of HTTP/2", () =>
  withSpeaker(String.fromCharCode(...frame(7, 0, 0, [0, 0, 0, 0, 0, 0, 0, 11])), async (target) => {
    assert.equal(await diagnose(target, null, 2000), null);
  }));

Deno.test("diagnose() sees TLS behind an HTTPS server's plaintext page, and behind an alert", async () => {
  const page = "HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n";
  for (const answer of [page, "\x15\x03\x01\x00\x02\x02\x16"]) {
    await withSpeaker(answer, async (target) => {
      const found = await diagnose(target, null, 2000);
      assert.equal(found?.fault, "tls_server");
      assert.equal(found?.message, `"${target}" wants TLS, and the connection was plaintext`);
    });
  }
});

Deno.test("diagnose() quotes the first words of another protocol", () =>
  withSpeaker("220 mail.test ESMTP\r\n", async (target) => {
    const found = await diagnose(target, null, 2000);
    assert.equal(found?.fault, "not_http2");
    assert.match(found?.message ?? "", /220 mail\.test ESMTP/);
  }));

Deno.test("diagnose() says of a server of TLS 1.0 alone which versions june-load speaks", async () => {
  // An alert: fatal, protocol_version. Source: RFC 5246, section 7.2.
  await withSpeaker("\x15\x03\x01\x00\x02\x02\x46", async (target) => {
    const found = await diagnose(target, { ...PLAIN_TLS, insecure: false }, 2000);
    assert.match(found?.message ?? "", /speaks no version of TLS that june-load does: 1\.2 and 1\.3/);
    assert.match(found?.remedy ?? "", /Allow TLS 1\.2 or 1\.3/);
  });
});

Deno.test("diagnose() says what is wrong with an address it cannot read", async () => {
  const found = await diagnose("localhost", null, 2000);
  assert.deepEqual([found?.fault, found?.message], ["other", 'Cannot read the address "localhost"']);
});

Deno.test("certificateFault() tells each complaint of both TLS libraries apart", () => {
  const cases = [
    ["received fatal alert: CertificateRequired", /wants a client certificate/],
    ["received fatal alert: UnknownCA", /refuses our client certificate/],
    ["invalid peer certificate: certificate expired: verification time 17 (UNIX)", /has expired/],
    ["invalid peer certificate: certificate not valid yet: verification time 17", /not valid yet/],
    [
      'invalid peer certificate: certificate not valid for name "a.test"; certificate is only valid for DnsName("b.test")',
      /not for "a\.test" but for b\.test/,
    ],
    [
      "Hostname/IP does not match certificate's altnames: Host: a.test. is not in the cert's altnames: DNS:b.test",
      /not for "a\.test" but for b\.test/,
    ],
    ["invalid peer certificate: Other(OtherError(CaUsedAsEndEntity))", /self-signed/],
    ["self-signed certificate (DEPTH_ZERO_SELF_SIGNED_CERT)", /self-signed/],
    ["invalid peer certificate: UnknownIssuer", /CA is unknown/],
    ["unable to get local issuer certificate", /CA is unknown/],
    ["invalid peer certificate: BadSignature", /BadSignature/],
  ] as const;
  for (const [words, reason] of cases) {
    const found = certificateFault("h:1", new Error(words));
    assert.equal(found?.fault, words.includes("Required") ? "certificate_wanted" : "certificate", words);
    assert.match(found?.message ?? "", reason);
    assert.ok(found?.remedy.endsWith("."), words);
  }
  assert.equal(certificateFault("h:1", new Error("Connection refused (os error 111)")), null);
});
