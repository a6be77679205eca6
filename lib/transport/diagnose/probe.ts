/** Sockets that probe what listens at an address. Every step has a time limit. */
import type { TlsOptions } from "../channel.ts";
import type { SecuredSocket } from "../socket/byte_socket.ts";
import { type Alpn, dialDenoTls, finishHandshake } from "../socket/dial.ts";
import type { Limit } from "../socket/limit.ts";
import { isTlsAlert } from "../outside_errors.ts";
import { dialNodeTls } from "../socket/node_tls.ts";
import { nameOf, type Target } from "../target.ts";

/**
 * Opens a TLS connection and finishes its handshake, with the verification that `options` define.
 * @throws {Error} with the TLS library's message
 * @throws {PinMismatch} for a certificate other than the pinned one
 */
export function connectTls(target: Target, options: TlsOptions, limit: Limit, alpn: Alpn): Promise<SecuredSocket> {
  const unverified = options.insecure || options.pinned_sha256 !== null;
  // Deno.startTls takes no client certificate, and Deno.connectTls no other name: the two together need node:tls.
  const both = options.server_name !== null && options.cert_pem !== null;
  if (unverified || both || target.kind === "unix" || (target.tunnel !== undefined && options.cert_pem !== null)) {
    return dialNodeTls(target, nameOf(target), options, limit, alpn);
  }
  if (target.tunnel !== undefined) return dialDenoTls(target, nameOf(target), options, limit, alpn);
  return connectDenoTls(target.host, target.port, options, limit, alpn);
}

/** Whether a TLS handshake succeeds there, with any certificate. */
export async function speaksTls(target: Target, limit: Limit): Promise<boolean> {
  const any: TlsOptions = {
    ca_pem: null,
    cert_pem: null,
    key_pem: null,
    server_name: null,
    insecure: true,
    pinned_sha256: null,
  };
  try {
    (await dialNodeTls(target, nameOf(target), any, limit)).close();
    return true;
  } catch (error) {
    return isTlsAlert(error);
  }
}

async function connectDenoTls(
  hostname: string,
  port: number,
  options: TlsOptions,
  limit: Limit,
  alpn: Alpn,
): Promise<SecuredSocket> {
  const common = { alpnProtocols: [alpn], ...(options.ca_pem !== null && { caCerts: [options.ca_pem] }) };
  const client = options.cert_pem !== null && options.key_pem !== null
    ? { cert: options.cert_pem, key: options.key_pem }
    : {};
  const opened = options.server_name === null
    ? Deno.connectTls({ hostname, port, ...common, ...client })
    : Deno.connect({ hostname, port }).then((conn) =>
      Deno.startTls(conn, { hostname: options.server_name ?? hostname, ...common })
    );
  return await finishHandshake(await limit.run(opened, (late) => late.close()), limit);
}
