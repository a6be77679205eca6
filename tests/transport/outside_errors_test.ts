import assert from "node:assert/strict";
import type { HttpEnd, HttpEvents } from "../../lib/transport/http/channel.ts";
import { Call } from "../../lib/transport/http/call.ts";
import { Http2Call } from "../../lib/transport/http/http2_call.ts";
import {
  certificateErrorKind,
  certificateNames,
  handshakeErrorKind,
  isTlsAlert,
  localShortage,
  socketErrorKind,
} from "../../lib/transport/outside_errors.ts";
import { firstOf } from "../../lib/transport/socket/race.ts";
import { Limit } from "../../lib/transport/socket/limit.ts";

Deno.test("socketErrorKind() knows the words of Deno and the codes of Node", () => {
  const cases = [
    ["Connection timed out (os error 110)", "timed_out"],
    ["failed to lookup address information: Name or service not known", "name_not_found"],
    ["Connection refused (os error 111)", "refused"],
    ["No such file or directory (os error 2)", "no_socket"],
    ["No route to host (os error 113)", "no_route"],
    ["Network is unreachable (os error 101)", "no_network"],
    ["Permission denied (os error 13)", "forbidden"],
    ["peer closed connection without sending TLS close_notify", "closed"],
    ["something else", "unknown"],
  ] as const;
  for (const [words, kind] of cases) assert.equal(socketErrorKind(new Error(words)), kind, words);
  assert.equal(socketErrorKind(Object.assign(new Error("connect failed"), { code: "ENETUNREACH" })), "no_network");
});

Deno.test("localShortage() reads the codes of Deno and Node, and EINVAL only of a connect", () => {
  const error = (code: string, syscall?: string) => Object.assign(new Error("words"), { code, syscall });
  for (const errno of ["EADDRNOTAVAIL", "EMFILE", "ENFILE", "ENOBUFS", "ENOMEM"]) {
    assert.equal(localShortage(error(errno)), errno);
    assert.equal(localShortage(error(errno, "connect")), errno);
  }
  assert.equal(localShortage(error("EINVAL", "connect")), "EADDRNOTAVAIL");
  const others = [error("EINVAL", "bind"), error("ECONNREFUSED", "connect"), error("constructor"), "EMFILE", null];
  for (const other of [...others, new Error("Too many open files")]) assert.equal(localShortage(other), null);
});

Deno.test("firstOf() keeps a shortage of ours before what another address says", async () => {
  const place = (host: string) => ({ kind: "tcp", host, port: 1 }) as const;
  const limit = new Limit(1000);
  const errors = [Object.assign(new Error("no port"), { code: "EADDRNOTAVAIL" }), new Error("refused")];
  for (const order of [errors, errors.toReversed()]) {
    const left = [...order];
    const tried = firstOf(
      [place("127.0.0.1"), place("127.0.0.2")],
      limit,
      new AbortController().signal,
      () => Promise.reject(left.shift()),
      () => {},
    );
    await assert.rejects(tried, { message: "no port" });
  }
  limit.clear();
});

Deno.test("handshakeErrorKind() and isTlsAlert() tell a TLS peer from one that is none", () => {
  assert.equal(handshakeErrorKind(new Error("received fatal alert: NoApplicationProtocol")), "no_common_protocol");
  for (const words of ["received fatal alert: ProtocolVersion", "tlsv1 alert protocol version"]) {
    assert.equal(handshakeErrorKind(new Error(words)), "no_common_version");
  }
  assert.equal(handshakeErrorKind(new Error("received corrupt message of type InvalidContentType")), "not_tls");
  assert.equal(handshakeErrorKind(new Error("tls handshake eof")), "closed");
  assert.equal(handshakeErrorKind(new Error("invalid peer certificate: UnknownIssuer")), "unknown");
  assert.ok(isTlsAlert(new Error("received fatal alert: HandshakeFailure")) && !isTlsAlert("alert"));
});

Deno.test("certificateErrorKind() is null for what is about no certificate; certificateNames() reads both libraries", () => {
  assert.equal(certificateErrorKind(new Error("Connection refused (os error 111)")), null);
  assert.equal(certificateErrorKind(new Error("received fatal alert: CertificateRequired")), "wanted");
  assert.deepEqual(certificateNames(new Error("Host: a.test. is not in the cert's altnames: DNS:b.test, DNS:c.test")), {
    wanted: "a.test",
    valid: ["b.test", "c.test"],
  });
});

function endOf(begin: (events: HttpEvents) => void): HttpEnd {
  let end: HttpEnd | null = null;
  begin({ sent() {}, headers() {}, data() {}, end: (told) => void (end = told) });
  return end ?? assert.fail("the request did not end");
}

const OWNER = {
  target: "certificates.test:443",
  ended() {},
  move: () => false,
  explain: () => false,
  lack: "",
  transparentRetry: false,
};
const WANTED = new Error("received fatal alert: CertificateRequired");

Deno.test("a request over HTTP/1.1 that is lost for want of a client certificate says so as a kind", () => {
  const lose = (error: unknown, words: string) =>
    endOf((events) =>
      new Call(OWNER, "GET", new Uint8Array(0), null, events).lost({ reason: "connection", words, error, stale: false })
    );
  assert.equal(lose(WANTED, WANTED.message).fault, "certificate_wanted");
  assert.equal(lose(null, "it closed the connection without a reply").fault, undefined);
});

Deno.test("a request over HTTP/2 is not about certificates because its address or its server's words name them", () => {
  const lose = (message: string, error?: Error) =>
    endOf((events) =>
      new Http2Call(OWNER, "GET", new Uint8Array(0), null, events).lost(
        { message, cause: "gone", ...(error !== undefined && { error }) },
        false,
      )
    );
  assert.equal(lose("Connection to certificates.test:443 was lost", WANTED).fault, "certificate_wanted");
  const closed = lose("certificates.test:443 closed the connection");
  assert.deepEqual([closed.fault, closed.details], [undefined, "certificates.test:443 closed the connection"]);
});
