/** Who we say we are, how a connection is secured, and through whom it goes. Plain data; secrets never leave it. */

/** How a connection is secured. Paths are absolute. gRPC's counterparts are named in `TlsOptions`, which is made of it. */
export interface TlsPlan {
  /** Authorities to trust; null, the default: the usual ones. */
  ca_file: string | null;
  /** The client's certificate; null, the default: none. Needs `key_file`. */
  cert_file: string | null;
  /** The client's private key; null, the default: none. Needs `cert_file`. */
  key_file: string | null;
  /** Name checked in the certificate and sent as SNI; null, the default: the host of the address. */
  server_name: string | null;
  /** Accept any certificate. Default false. Said loudly wherever it is in force. */
  insecure: boolean;
  /** SHA-256 of the server's certificate in hex; accepts exactly that one. Null, the default: authorities decide. */
  pinned_sha256: string | null;
}

/** Where the token comes from that every call sends as `authorization: Bearer <token>`. */
export type AuthPlan =
  | { kind: "bearer"; token: string }
  /** A file whose whole text, trimmed, is the token; read again when it changes, as Kubernetes rotates its tokens. */
  | { kind: "bearer_file"; file: string }
  | OAuth2Plan;

/** OAuth2 client credentials: a token endpoint gives tokens, which are asked for anew before they expire. Source: RFC 6749, section 4.4. */
export interface OAuth2Plan {
  kind: "oauth2";
  /** `host:port` or `[v6]:port` of the token endpoint. */
  address: string;
  /** Its path, with a slash at the end where it has one. */
  path: string;
  /** Null: plaintext. */
  tls: TlsPlan | null;
  client_id: string;
  client_secret: string;
  /** Scopes asked for, between blanks; empty: none named. */
  scope: string;
  /** `audience`, which some endpoints want; empty: none named. */
  audience: string;
  /** How the client shows its secret: HTTP Basic, or `client_id` and `client_secret` in the body. */
  send_as: "basic" | "body";
}

/** An HTTP proxy that connections are tunnelled through (CONNECT). Proxies of the environment are never used. */
export interface ProxyPlan {
  /** `host:port` or `[v6]:port`. */
  address: string;
  /** `user:password` for HTTP Basic; null: none. */
  credentials: string | null;
}

/**
 * Reads a proxy as users write it: `http://[user:password@]host:port`.
 * @returns what is wrong with it, as a string without any secret of it
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.deepEqual(readProxy("http://me:p%40ss@proxy:3128"), { address: "proxy:3128", credentials: "me:p@ss" });
 * assert.match(String(readProxy("https://proxy")), /does not speak TLS to a proxy/);
 * ```
 */
export function readProxy(text: string): ProxyPlan | string {
  const form = 'a proxy is written as "http://host:port" or "http://user:password@host:port"';
  if (/^https:/i.test(text)) return `june-load does not speak TLS to a proxy: ${form}`;
  if (!/^http:\/\//i.test(text) || !URL.canParse(text)) return `Cannot read the proxy: ${form}`;
  const url = new URL(text);
  if (url.pathname !== "/" || url.search !== "" || url.hash !== "") return `A proxy has no path: ${form}`;
  const credentials = url.username === "" && url.password === ""
    ? null
    : `${decoded(url.username)}:${decoded(url.password)}`;
  return { address: `${url.hostname}:${url.port === "" ? 80 : url.port}`, credentials };
}

/** Percent-encoding undone; what is none stays as it is. */
function decoded(text: string): string {
  return text.replace(/(%[0-9a-f]{2})+/gi, (bytes) => {
    try {
      return decodeURIComponent(bytes);
    } catch {
      return bytes;
    }
  });
}
