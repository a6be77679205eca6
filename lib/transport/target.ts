/** Parses the addresses in plans. */
import { listedPlaces, readGrpcTarget } from "../plan/grpc_target.ts";
import { ConnectError, type ProxyOptions } from "./channel.ts";

/** A parsed target. */
export type Target =
  | {
    readonly kind: "tcp";
    readonly host: string;
    readonly port: number;
    /** The place is a proxy, and this is the tunnel behind it. */
    readonly tunnel?: Tunnel;
    /** All places of a list of addresses, this one included; absent: it is no list. */
    readonly all?: readonly Target[];
  }
  | { readonly kind: "unix"; readonly path: string };

/** The end of a tunnel through a proxy. */
export interface Tunnel {
  /** `host:port` or `[v6]:port`. */
  readonly target: string;
  /** Its host without the port, for certificates. */
  readonly host: string;
  readonly proxy: ProxyOptions;
}

/** gRPC's port for an address without one. */
const GRPC_PORT = 443;

/**
 * Parses `host:port`, `[v6]:port`, `unix:/path` or an address with one of gRPC's schemes, such as `dns:///host:port`.
 * @throws {ConnectError} with fault "other" for anything else.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.deepEqual(parseTarget("[::1]:443"), { kind: "tcp", host: "::1", port: 443 });
 * assert.deepEqual(parseTarget("unix:/run/stt.sock"), { kind: "unix", path: "/run/stt.sock" });
 * assert.throws(() => parseTarget("no port"), { name: "ConnectError" });
 * ```
 */
export function parseTarget(target: string): Target {
  const read = readGrpcTarget(target, GRPC_PORT);
  if (read === null) return parsePlain(target);
  if ("error" in read) throw new ConnectError("other", read.error, HOW);
  const places = listedPlaces(read.address);
  if (places === null) return parsePlain(read.address);
  const all = places.map(parsePlain);
  return { ...all[0]!, all } as Target;
}

/** Host and port of a target as requests name them; empty for a socket. */
export function hostPortOf(target: Target): string {
  if (target.kind === "unix") return "";
  return `${target.host.includes(":") ? `[${target.host}]` : target.host}:${target.port}`;
}

function parsePlain(target: string): Target {
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

/** The name to check a certificate for. */
export function nameOf(target: Target): string {
  return target.kind === "tcp" ? target.tunnel?.host ?? target.host : "localhost";
}

/** Whether a host is an IPv4 or IPv6 address, which must not be sent as TLS server name. */
export function isAddress(host: string): boolean {
  return host.includes(":") || /^\d+\.\d+\.\d+\.\d+$/.test(host);
}

const HOW = 'Write it as "host:port", "[IPv6 address]:port" or "unix:/path".';

function badTarget(target: string): ConnectError {
  return new ConnectError("other", `Cannot read the address "${target}"`, HOW);
}
