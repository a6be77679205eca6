/**
 * What errors from outside say, as kinds. The operating system, Deno's TLS library (rustls) and node:tls (OpenSSL) tell
 * their errors apart by words alone, or by codes that differ from one to the next. This is the one place that reads those
 * words; everywhere else a kind decides.
 */

/** What the operating system says of a socket. */
export type SocketErrorKind =
  | "timed_out"
  | "name_not_found"
  | "refused"
  /** There is no such unix socket. */
  | "no_socket"
  | "no_route"
  | "no_network"
  | "forbidden"
  /** The peer closed or reset the connection. */
  | "closed"
  | "unknown";

/** What a TLS library says of a handshake that failed before any certificate was looked at. */
export type HandshakeErrorKind =
  /** The peer refuses the protocol asked for in ALPN. */
  | "no_common_protocol"
  /** What answers is no TLS. */
  | "not_tls"
  /** The peer hung up. */
  | "closed"
  | "unknown";

/** What a TLS library says of a certificate. */
export type CertificateErrorKind =
  /** The peer wants a certificate of ours. */
  | "wanted"
  /** The peer does not accept the certificate of ours. */
  | "refused"
  | "expired"
  | "not_yet_valid"
  | "wrong_name"
  | "self_signed"
  | "unknown_ca"
  /** Something else about certificates. */
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

/** The error of a socket as a kind. */
export function socketErrorKind(error: unknown): SocketErrorKind {
  return kindIn(SOCKET_WORDS, error) ?? "unknown";
}

/** The error of a TLS handshake as a kind; `unknown` also for what is about a certificate. */
export function handshakeErrorKind(error: unknown): HandshakeErrorKind {
  return kindIn(HANDSHAKE_WORDS, error) ?? "unknown";
}

/** What an error says of a certificate, or null when it speaks of something else. */
export function certificateErrorKind(error: unknown): CertificateErrorKind | null {
  return kindIn(CERTIFICATE_WORDS, error);
}

/** Whether a handshake ended by an alert of the peer's, which shows that it speaks TLS. */
export function isTlsAlert(error: unknown): boolean {
  return error instanceof Error && /alert/i.test(error.message);
}

/** The names that a certificate is for, and the one that was looked for, as the library's words give them. */
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
