/**
 * Classifies errors from outside. The errors of the operating system, of Deno's TLS library (rustls) and of node:tls
 * (OpenSSL) differ only in their text, or in codes of their own. This is the one place that reads those texts; all
 * other code uses the kind.
 */

import { type ShortageErrno, shortageOf } from "../plan/shortages.ts";

/** Kinds of socket errors of the operating system. */
export type SocketErrorKind =
  | "timed_out"
  | "name_not_found"
  | "refused"
  /** The unix socket does not exist. */
  | "no_socket"
  | "no_route"
  | "no_network"
  | "forbidden"
  /** The peer closed or reset the connection. */
  | "closed"
  | "unknown";

/** Kinds of TLS handshake errors before any certificate check. */
export type HandshakeErrorKind =
  /** The peer refuses the requested ALPN protocol. */
  | "no_common_protocol"
  /** The peer speaks only versions of TLS that are too old. */
  | "no_common_version"
  /** The answer is not TLS. */
  | "not_tls"
  /** The peer closed the connection. */
  | "closed"
  | "unknown";

/** Kinds of certificate errors. */
export type CertificateErrorKind =
  /** The peer requires our certificate. */
  | "wanted"
  /** The peer does not accept our certificate. */
  | "refused"
  | "expired"
  | "not_yet_valid"
  | "wrong_name"
  | "self_signed"
  | "unknown_ca"
  /** Another certificate error. */
  | "invalid";

type Words<Kind> = readonly (readonly [pattern: RegExp, kind: Kind])[];

const CLOSED = /ECONNRESET|EPIPE|reset by peer|broken pipe|unexpected eof|close_notify/i;

const SOCKET_WORDS: Words<SocketErrorKind> = [
  [/ETIMEDOUT|os error 110|timed out/i, "timed_out"],
  [/lookup address|ENOTFOUND|EAI_/i, "name_not_found"],
  [/ECONNREFUSED|refused/i, "refused"],
  [/ENOENT|os error 2\b/, "no_socket"],
  [/EHOSTUNREACH|os error 113/, "no_route"],
  [/ENETUNREACH|os error 101/, "no_network"],
  [/EACCES|EPERM|os error 13\b/, "forbidden"],
  [CLOSED, "closed"],
];

const HANDSHAKE_WORDS: Words<HandshakeErrorKind> = [
  [/NoApplicationProtocol|NO_APPLICATION_PROTOCOL/i, "no_common_protocol"],
  [/ProtocolVersion|alert protocol version|unsupported protocol|PeerIncompatible/i, "no_common_version"],
  [/corrupt message|InvalidContentType|wrong version number/i, "not_tls"],
  [CLOSED, "closed"],
  [/handshake eof/i, "closed"],
];

const CERTIFICATE_WORDS: Words<CertificateErrorKind> = [
  [/CertificateRequired|certificate required/i, "wanted"],
  [
    /alert: (BadCertificate|UnknownCA|CertificateUnknown|CertificateExpired|AccessDenied|DecryptError)/i,
    "refused",
  ],
  [/expired/i, "expired"],
  [/not valid yet|NotValidYet/i, "not_yet_valid"],
  [/not valid for name|altname|NotValidForName/i, "wrong_name"],
  [/CaUsedAsEndEntity|self.signed/i, "self_signed"],
  [/UnknownIssuer|unable to (get|verify)|UNABLE_TO/i, "unknown_ca"],
  [/invalid peer certificate|certificate/i, "invalid"],
];

/**
 * What this machine lacked for a connection, or null for another error. Deno's node:net (2.9.6) says EINVAL of a `connect`
 * that found no free local port, where Deno.connect says EADDRNOTAVAIL.
 */
export function localShortage(error: unknown): ShortageErrno | null {
  const known = shortageOf(error);
  if (known !== null || !(error instanceof Error)) return known;
  const { code, syscall } = error as { code?: unknown; syscall?: unknown };
  return code === "EINVAL" && syscall === "connect" ? "EADDRNOTAVAIL" : null;
}

/** The kind of a socket error. */
export function socketErrorKind(error: unknown): SocketErrorKind {
  return kindIn(SOCKET_WORDS, error) ?? "unknown";
}

/** The kind of a TLS handshake error; `unknown` also for certificate errors. */
export function handshakeErrorKind(error: unknown): HandshakeErrorKind {
  return kindIn(HANDSHAKE_WORDS, error) ?? "unknown";
}

/** The kind of a certificate error, or null for another error. */
export function certificateErrorKind(error: unknown): CertificateErrorKind | null {
  return kindIn(CERTIFICATE_WORDS, error);
}

/** Whether a handshake ended with an alert of the peer, which shows that the peer speaks TLS. */
export function isTlsAlert(error: unknown): boolean {
  return error instanceof Error && /alert/i.test(error.message);
}

/** The names in a certificate and the expected name, from the library's text. */
export function certificateNames(error: unknown): { wanted: string | null; valid: string[] } {
  const words = wordsOf(error);
  const wanted = /for name "([^"]*)"|Host: (\S+?)\.? is/.exec(words);
  const valid = [...words.matchAll(/DnsName\("([^"]*)"\)|DNS:([^\s,]+)/g)];
  return { wanted: wanted?.[1] ?? wanted?.[2] ?? null, valid: valid.map((match) => match[1] ?? match[2] ?? "") };
}

/** An error's message with its code, if any. */
export function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = "code" in error && typeof error.code === "string" ? ` (${error.code})` : "";
  return error.message + code;
}

function kindIn<Kind>(list: Words<Kind>, error: unknown): Kind | null {
  const words = wordsOf(error);
  return list.find(([pattern]) => pattern.test(words))?.[1] ?? null;
}
