/** Credentials for a service, TLS settings and proxies. Plain data; results and reports never hold the secrets. */

/** TLS settings of a connection. Paths are absolute. `TlsOptions`, which is made from it, names gRPC's counterparts. */
export interface TlsPlan {
  /** Certificate authorities to trust; null, the default: the system's. */
  ca_file: string | null;
  /** The client's certificate; null, the default: none. Needs `key_file`. */
  cert_file: string | null;
  /** The client's private key; null, the default: none. Needs `cert_file`. */
  key_file: string | null;
  /** Name checked in the certificate and sent as SNI; null, the default: the host of the address. */
  server_name: string | null;
  /** Accept any certificate. Default false. june-load warns wherever it applies. */
  insecure: boolean;
  /** SHA-256 of the server's certificate in hex; only that one is accepted. Null, the default: authorities decide. */
  pinned_sha256: string | null;
}

/** Source of the token that every call sends as `authorization: Bearer <token>`. */
export type AuthPlan =
  | { kind: "bearer"; token: string }
  /** A file with only the token; whitespace around it is ignored. Read again when it changes, e.g. by Kubernetes. */
  | { kind: "bearer_file"; file: string }
  | OAuth2Plan;

/** OAuth2 client credentials: a token endpoint issues tokens, which are renewed before they expire. Source: RFC 6749, 4.4. */
export interface OAuth2Plan {
  kind: "oauth2";
  /** `host:port` or `[v6]:port` of the token endpoint. */
  address: string;
  /** Its path, as written, with a slash at its end if there is one. */
  path: string;
  /** Null: plaintext. */
  tls: TlsPlan | null;
  client_id: string;
  client_secret: string;
  /** Scopes to ask for, separated by blanks; empty: not sent. */
  scope: string;
  /** `audience`, which some endpoints need; empty: not sent. */
  audience: string;
  /** How the client sends its secret: as HTTP Basic, or as `client_id` and `client_secret` in the body. */
  send_as: "basic" | "body";
}

/** An HTTP proxy that tunnels connections (CONNECT). june-load never uses the proxies of the environment. */
export interface ProxyPlan {
  /** `host:port` or `[v6]:port`. */
  address: string;
  /** `user:password` for HTTP Basic; null: none. */
  credentials: string | null;
}

/**
 * Reads a proxy in the form `http://[user:password@]host:port`.
 * @returns the proxy, or its fault as a text without secrets
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.deepEqual(readProxy("http://me:p%40ss@proxy:3128"), { address: "proxy:3128", credentials: "me:p@ss" });
 * assert.match(String(readProxy("https://proxy")), /does not speak TLS to a proxy/);
 * ```
 */
export function readProxy(text: string): ProxyPlan | string {
  const form = 'write a proxy as "http://host:port" or "http://user:password@host:port"';
  if (/^https:/i.test(text)) return `june-load does not speak TLS to a proxy: ${form}`;
  if (!/^http:\/\//i.test(text) || !URL.canParse(text)) return `Cannot read the proxy: ${form}`;
  const url = new URL(text);
  if (url.pathname !== "/" || url.search !== "" || url.hash !== "") return `A proxy has no path: ${form}`;
  const credentials = url.username === "" && url.password === ""
    ? null
    : `${decoded(url.username)}:${decoded(url.password)}`;
  return { address: `${url.hostname}:${url.port === "" ? 80 : url.port}`, credentials };
}

/** Decodes percent-encoding; returns invalid text unchanged. */
function decoded(text: string): string {
  return text.replace(/(%[0-9a-f]{2})+/gi, (bytes) => {
    try {
      return decodeURIComponent(bytes);
    } catch {
      return bytes;
    }
  });
}
