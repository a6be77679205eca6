/** From a service of the plan to a channel: reads its TLS files and names its limits. */
import { UserError } from "../plan/errors.ts";
import type { ServicePlan, TlsPlan } from "../plan/plan.ts";
import { type Channel, CHANNEL_DEFAULTS, type OpenChannel, type TlsOptions } from "../transport/channel.ts";

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
    moves: service.moves,
  });
}

/**
 * The TLS material of a service, or null for plaintext.
 * @throws {UserError} kind `input` for a file that cannot be read.
 */
export async function readTls(service: ServicePlan): Promise<TlsOptions | null> {
  const { tls } = service;
  if (tls === null) return null;
  const read = async (key: keyof TlsPlan & `${string}_file`) => {
    const path = tls[key];
    if (path === null) return null;
    try {
      return await Deno.readTextFile(path);
    } catch (error) {
      const why = error instanceof Deno.errors.NotFound ? "there is no such file" : (error as Error).message;
      throw new UserError("input", `Cannot read "${path}" (${key.slice(0, -5)} of service ${service.name}): ${why}`);
    }
  };
  const { server_name, insecure, pinned_sha256 } = tls;
  const [ca_pem, cert_pem, key_pem] = await Promise.all([read("ca_file"), read("cert_file"), read("key_file")]);
  return { ca_pem, cert_pem, key_pem, server_name, insecure, pinned_sha256 };
}
