/** Opens a channel to a service of the plan: reads its TLS files and sets its limits. */
import { errorText } from "../../base/errors.ts";
import { readRegularText } from "../../base/regular_file.ts";
import { UserError } from "../../plan/errors.ts";
import type { ServicePlan, TlsPlan } from "../../plan/plan.ts";
import { type Channel, CHANNEL_DEFAULTS, type OpenChannel, type ProxyOptions } from "../../transport/channel.ts";
import type { TlsOptions } from "../../transport/channel.ts";
import { basicOf } from "./tokens.ts";

/** Largest file of certificates or keys; bytes. */
const MAX_PEM_BYTES = 4 * 1024 * 1024;

/** Longest a connection may take to come up; milliseconds. */
export const CONNECT_TIMEOUT_MS = 10_000;

/**
 * A channel to one service; nothing is sent yet.
 * @throws {UserError} kind `input` for a TLS file that cannot be read.
 */
export async function openService(service: ServicePlan, open: OpenChannel): Promise<Channel> {
  return open(service.address, {
    ...CHANNEL_DEFAULTS,
    connections: service.connections,
    connect_timeout_ms: Math.min(CONNECT_TIMEOUT_MS, service.timeout_ms),
    tls: await readTls(service),
    proxy: proxyOptions(service),
    addresses: service.addresses,
    transparentRetry: service.transparent_retry,
    waitForReady: service.wait_for_ready === true,
  });
}

/** The proxy that a service is reached through, or null. */
export function proxyOptions({ proxy }: ServicePlan): ProxyOptions | null {
  if (proxy === undefined) return null;
  const { address, credentials } = proxy;
  return { address, authorization: credentials === null ? null : basicOf(credentials) };
}

/**
 * The TLS material of a connection, or null for plaintext.
 * @param owner the peer of the connection, for messages
 * @throws {UserError} kind `input` for a file that cannot be read.
 */
export async function readTls(
  { name, tls }: Pick<ServicePlan, "name" | "tls">,
  owner: string = `service ${name}`,
): Promise<TlsOptions | null> {
  if (tls === null) return null;
  const read = async (key: keyof TlsPlan & `${string}_file`) => {
    const path = tls[key];
    if (path === null) return null;
    try {
      return await readRegularText(path, MAX_PEM_BYTES);
    } catch (error) {
      throw new UserError("input", `Cannot read "${path}" (${key.slice(0, -5)} of ${owner}): ${errorText(error)}`);
    }
  };
  const { server_name, insecure, pinned_sha256 } = tls;
  const [ca_pem, cert_pem, key_pem] = await Promise.all([read("ca_file"), read("cert_file"), read("key_file")]);
  return { ca_pem, cert_pem, key_pem, server_name, insecure, pinned_sha256 };
}
