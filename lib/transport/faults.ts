/** Messages for each way a connection can fail: what happened at which address, and what to do about it. */
import { type ShortageErrno, SHORTAGES } from "../plan/shortages.ts";
import { ConnectError, LocalShortage } from "./channel.ts";
import { type CertificateErrorKind, certificateErrorKind, certificateNames, wordsOf } from "./outside_errors.ts";

/** What to do if a service requires a client certificate. */
export const CLIENT_CERTIFICATE_WANTED = "Give a client certificate and its key.";

/** A certificate that is not the pinned one. */
export class PinMismatch extends Error {
  override readonly name = "PinMismatch";
}

/** Builds the error for each cause; `target` is the address as the plan writes it. */
export const fault = {
  refused: (target: string) =>
    new ConnectError(
      "refused",
      `Nobody listens at "${target}": the connection was refused`,
      "Start the service, or correct its address and port.",
    ),
  noSocket: (target: string) =>
    new ConnectError(
      "refused",
      `Nobody listens at "${target}": there is no such socket`,
      "Start the service, or correct the path of its socket.",
    ),
  nameNotFound: (target: string, host: string) =>
    new ConnectError(
      "name_not_found",
      `Cannot connect to "${target}": the name "${host}" is not known`,
      "Correct the host name, or write the address as numbers; in containers, check that both share a network.",
    ),
  unreachable: (target: string, reason: string) =>
    new ConnectError(
      "unreachable",
      `Cannot reach "${target}": ${reason}`,
      "Check the address, the route and the firewall between this machine and the service.",
    ),
  connectTimeout: (target: string, timeout_ms: number) =>
    new ConnectError(
      "timeout",
      `Cannot connect to "${target}" within ${timeout_ms} ms: no answer`,
      "Check the address and any firewall that drops packets, or raise the connect timeout.",
    ),
  silent: (target: string, timeout_ms: number) =>
    new ConnectError(
      "timeout",
      `"${target}" accepts connections but sends nothing within ${timeout_ms} ms`,
      "Check that the service has finished starting and that the port is the right one.",
    ),
  notReady: (target: string, timeout_ms: number) =>
    new ConnectError(
      "timeout",
      `Not all connections to "${target}" were ready within ${timeout_ms} ms`,
      "Ask for fewer connections, or raise the connect timeout.",
    ),
  http1: (target: string) =>
    new ConnectError(
      "http1_server",
      `"${target}" is an HTTP/1 server, not a gRPC one`,
      "Use the service's gRPC port: many services serve HTTP and gRPC on different ports.",
    ),
  tlsServer: (target: string) =>
    new ConnectError(
      "tls_server",
      `"${target}" wants TLS, and the connection was plaintext`,
      "Turn TLS on for this service.",
    ),
  notTlsServer: (target: string) =>
    new ConnectError(
      "not_tls_server",
      `"${target}" does not speak TLS`,
      "Turn TLS off for this service, or use its TLS port.",
    ),
  oldTls: (target: string) =>
    new ConnectError(
      "other",
      `"${target}" speaks no version of TLS that june-load does: 1.2 and 1.3`,
      "Allow TLS 1.2 or 1.3 at the service, or at the proxy before it.",
    ),
  notHttp2: (target: string, reason: string) =>
    new ConnectError(
      "not_http2",
      `"${target}" does not speak HTTP/2: ${reason}`,
      "Check that the port is the service's gRPC port, and that a proxy in between passes HTTP/2.",
    ),
  closed: (target: string) =>
    new ConnectError(
      "closed",
      `"${target}" accepts connections and closes them at once`,
      "Check the service's log, and that nothing in between (port forwarding, proxy) has lost its connection to the service.",
    ),
  closedAfterTls: (target: string, hasCertificate: boolean) =>
    new ConnectError(
      "closed",
      `"${target}" finishes the TLS handshake and closes the connection at once`,
      hasCertificate
        ? "Check the service's log: it may not trust our client certificate."
        : "Check the service's log: it may require a client certificate, and none is given.",
    ),
  certificate: (target: string, reason: string, remedy: string) =>
    new ConnectError("certificate", `The TLS certificate check with "${target}" failed: ${reason}`, remedy),
  certificateWanted: (target: string, reason: string, remedy: string) =>
    new ConnectError("certificate_wanted", `The TLS certificate check with "${target}" failed: ${reason}`, remedy),
  /** For any HTTP/2 service, gRPC or not. */
  onlyHttp1: (target: string) =>
    new ConnectError(
      "http1_server",
      `"${target}" speaks HTTP/1.1 and not HTTP/2`,
      "Ask for HTTP/1.1 (`http: 1.1`).",
    ),
  shortage: (target: string, errno: ShortageErrno) =>
    new LocalShortage(
      errno,
      `Cannot open a connection to "${target}": ${SHORTAGES[errno].means} (${errno})`,
      sentence(SHORTAGES[errno].remedy),
    ),
  other: (target: string, reason: string) =>
    new ConnectError(
      "other",
      `Cannot connect to "${target}": ${reason}`,
      "Check the service's address, its log and its TLS settings.",
    ),
};

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;

/** What each certificate error means, and what to do about it. */
const CERTIFICATE_FAULTS: Readonly<Record<CertificateErrorKind, readonly [reason: string, remedy: string]>> = {
  wanted: ["the service wants a client certificate", CLIENT_CERTIFICATE_WANTED],
  refused: [
    "the service refuses our client certificate",
    "Give a client certificate of a CA that the service trusts, with its key.",
  ],
  expired: ["the certificate has expired", "Renew the service's certificate, and check both clocks."],
  not_yet_valid: ["the certificate is not valid yet", "Check the clocks of both machines."],
  wrong_name: [
    "the certificate is for another name",
    "Use a name that is in the certificate as address, or give the name to expect as TLS server name.",
  ],
  self_signed: [
    "the certificate is self-signed (it is its own CA)",
    "Pin the certificate's SHA-256, have a CA sign a certificate for the service, or turn verification off.",
  ],
  unknown_ca: ["its CA is unknown here", "Give the CA certificate that signed the service's certificate."],
  invalid: ["", "Check the service's certificate and the CA given."],
};

/** The certificate fault that caused an error, or null for another cause. */
export function certificateFault(target: string, error: unknown): ConnectError | null {
  if (error instanceof PinMismatch) {
    const remedy = "Pin the SHA-256 of the certificate the service uses now, if you trust it.";
    return fault.certificate(target, error.message, remedy);
  }
  const kind = certificateErrorKind(error);
  if (kind === null) return null;
  const [known, remedy] = CERTIFICATE_FAULTS[kind];
  if (kind === "wanted") return fault.certificateWanted(target, known, remedy);
  const reason = kind === "wrong_name" ? nameMismatch(error) : kind === "invalid" ? wordsOf(error) : known;
  return fault.certificate(target, reason, remedy);
}

function nameMismatch(error: unknown): string {
  const { wanted, valid } = certificateNames(error);
  const but = valid.length > 0 ? ` but for ${valid.join(", ")}` : "";
  return `the certificate is not for "${wanted ?? "the address"}"${but}`;
}
