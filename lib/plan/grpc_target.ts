/** Addresses as gRPC's own tools write them. Source: gRPC's document "naming". */

/** `host:port`, `[v6]:port`, `unix:/path` or a list such as `ipv4:10.0.0.1:50051,10.0.0.2:50051`; or what is wrong. */
export type GrpcTarget = { address: string } | { error: string };

const SCHEME = /^(dns|passthrough|ipv4|ipv6|unix-abstract|vsock|xds):(?:\/\/([^/]*)\/)?(.*)$/s;

/**
 * Reads an address with one of gRPC's schemes: `dns:///host:port`, `passthrough:///host:port`, `ipv4:a:port,b:port`,
 * `ipv6:[a]:port`, `unix:///path`. Null for any other address.
 * @param defaultPort for an address without a port; gRPC's own is 443
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.deepEqual(readGrpcTarget("dns:///llm.example.net:50051", 443), { address: "llm.example.net:50051" });
 * assert.deepEqual(readGrpcTarget("ipv6:%5B::1%5D:50051", 443), { address: "[::1]:50051" });
 * assert.equal(readGrpcTarget("llm.example.net:50051", 443), null);
 * ```
 */
export function readGrpcTarget(text: string, defaultPort: number): GrpcTarget | null {
  const path = /^unix:\/\/(\/.+)$/.exec(text)?.[1];
  if (path !== undefined) return { address: `unix:${path}` };
  const [, scheme, authority = "", written = ""] = SCHEME.exec(text) ?? [];
  // `dns:50051` is a machine called dns.
  if (scheme === undefined || (authority === "" && /^\d{1,5}$/.test(written))) return null;
  const rest = written.replace(/%5b/gi, "[").replace(/%5d/gi, "]");
  switch (scheme) {
    case "dns":
      if (authority !== "") {
        return {
          error: `"${text}" names the DNS server "${authority}", and june-load asks the system's: write "${
            withPort(rest, defaultPort)
          }"`,
        };
      }
      return { address: withPort(rest, defaultPort) };
    case "passthrough":
      return { address: withPort(rest, defaultPort) };
    case "ipv4":
    case "ipv6":
      return listed(scheme, rest.split(",").map((one) => withPort(one.trim(), defaultPort)), text);
    default:
      return {
        error: `"${text}": june-load does not know gRPC's scheme "${scheme}": write "host:port" or "unix:/path"`,
      };
  }
}

const V4 = /^\d{1,3}(\.\d{1,3}){3}:\d{1,5}$/;
const V6 = /^\[[0-9a-fA-F:.]+(%[\w.]+)?\]:\d{1,5}$/;

function listed(scheme: "ipv4" | "ipv6", places: readonly string[], text: string): GrpcTarget {
  const [form, sample] = scheme === "ipv4" ? [V4, "ipv4:10.0.0.1:50051"] : [V6, "ipv6:[::1]:50051"];
  const wrong = places.find((place) => !form.test(place));
  if (wrong !== undefined) return { error: `Cannot read "${text}": write addresses such as "${sample}"` };
  return { address: places.length === 1 ? places[0]! : `${scheme}:${places.join(",")}` };
}

/** The addresses of a list, as {@linkcode readGrpcTarget} writes it; null for any other address. */
export function listedPlaces(address: string): string[] | null {
  const list = /^ipv[46]:(.*)$/.exec(address)?.[1];
  return list === undefined ? null : list.split(",");
}

/** Adds the port where there is none; an IPv6 address gets its brackets. */
function withPort(place: string, defaultPort: number): string {
  const isIpv6 = /^[0-9a-fA-F:.]*$/.test(place) && place.split(":").length > 2;
  const bare = isIpv6 ? `[${place}]` : place;
  return /:\d+$/.test(bare.replace(/^\[.*\]/, "")) ? bare : `${bare}:${defaultPort}`;
}
