/** Addresses as plans write them. */
import { ConnectError } from "./channel.ts";

/** A parsed target. */
export type Target =
  | { readonly kind: "tcp"; readonly host: string; readonly port: number }
  | { readonly kind: "unix"; readonly path: string };

/**
 * Parses `host:port`, `[v6]:port` or `unix:/path`.
 * @throws {ConnectError} with fault "other" for anything else.
 */
export function parseTarget(target: string): Target {
  if (target.startsWith("unix:")) {
    const path = target.slice("unix:".length).replace(/^\/\/(?=\/)/, "");
    if (path.startsWith("/")) return { kind: "unix", path };
    throw badTarget(target);
  }
  const match = /^(?:\[([0-9a-fA-F:.]+(?:%[\w.]+)?)\]|([^:/\s[\]]+)):(\d{1,5})$/.exec(target);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3]);
  if (host === undefined || port < 1 || port > 65535) throw badTarget(target);
  return { kind: "tcp", host, port };
}

/** Whether a host is an IPv4 or IPv6 address; such a name must not be sent as TLS server name. */
export function isAddress(host: string): boolean {
  return host.includes(":") || /^\d+\.\d+\.\d+\.\d+$/.test(host);
}

function badTarget(target: string): ConnectError {
  return new ConnectError(
    "other",
    `Cannot read the address "${target}"`,
    'Write it as "host:port", "[IPv6 address]:port" or "unix:/path".',
  );
}
