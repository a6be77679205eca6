/** The keys of credentials for a service, of TLS and of proxies. */
import { type AuthPlan, type OAuth2Plan, type ProxyPlan, readProxy, type TlsPlan } from "../../plan/credentials.ts";
import type { MetadataEntry } from "../../plan/plan.ts";
import { type KeyShape, mapOf, scalarOrMap, transform } from "../shape/containers.ts";
import { withinBounds } from "../shape/address.ts";
import { type Endpoint, tokenUrl } from "../shape/endpoint.ts";
import { existingPath } from "../shape/paths.ts";
import { boolean, choice, pattern, text } from "../shape/scalars.ts";
import {
  type Context,
  type Decoded,
  maybe,
  object,
  optional,
  required,
  scalar,
  type Setting,
  type Shape,
} from "../shape/shape.ts";
import { quote } from "../read/tree.ts";

const RESERVED = ["te", "content-type", "host", "connection", "transfer-encoding"];

const keysOf = (placeholder: string, reserved: (lower: string) => string | null): KeyShape => ({
  placeholder: "key",
  pattern: "^[0-9A-Za-z_.-]{1,64}$",
  fault(key) {
    if (!/^[0-9A-Za-z_.-]{1,64}$/.test(key)) {
      return `The ${placeholder} ${quote(key)} is not allowed: expected letters, digits, "_", "-" and "."`;
    }
    const owner = reserved(key.toLowerCase());
    return owner === null ? null : `The ${placeholder} ${quote(key)} is reserved for ${owner}`;
  },
});

const metadataKeys = keysOf(
  "metadata key",
  (lower) => lower.startsWith("grpc-") || RESERVED.includes(lower) ? "gRPC" : null,
);
const HTTP_OWN = ["host", "connection", "transfer-encoding", "content-length", "upgrade", "te"];
const headerKeys = keysOf(
  "header",
  (lower) => HTTP_OWN.includes(lower) || lower.startsWith("sec-websocket-") ? "HTTP" : null,
);

const headerValue: Shape<string> = scalar({
  expected: "printable ASCII text of at most 8,192 characters",
  schema: { type: "string" },
  secret: true,
  limited: true,
  read: (tree) => /^[\x20-\x7e]{0,8192}$/.test(tree.text) ? { value: tree.text } : null,
});

/** gRPC metadata, keys in lower case. */
export const metadata: Shape<MetadataEntry[]> = transform(
  mapOf(metadataKeys, headerValue),
  (entries, _place, context) => {
    for (const { key, value, at, path } of entries) {
      if (!key.toLowerCase().endsWith("-bin") || /^[A-Za-z0-9+/]*={0,2}$/.test(value)) continue;
      context.problems.add(
        at,
        path,
        'Expected base64, because the key ends in "-bin"; the value found is not shown because it may be secret',
      );
    }
    return entries.map(({ key, value }) => ({ key: key.toLowerCase(), value }));
  },
);

/** HTTP headers, their names in lower case. */
export const headers: Shape<MetadataEntry[]> = transform(
  mapOf(headerKeys, headerValue),
  (entries) => entries.map(({ key, value }) => ({ key: key.toLowerCase(), value })),
);

const fingerprint: Shape<string> = transform(
  pattern("^(sha256:)?([0-9A-Fa-f]{2}:?){31}[0-9A-Fa-f]{2}$", "a SHA-256 fingerprint, 64 hexadecimal digits"),
  (value) => value.replace(/^sha256:/, "").replaceAll(":", "").toLowerCase(),
);

const pemFile = existingPath("a PEM file");

const TLS_FIELDS = {
  ca: maybe(pemFile, "the system's authorities", "Certificate authorities to trust."),
  cert: maybe(pemFile, "none", "The client certificate; needs `key`."),
  key: maybe(pemFile, "none", "The client's private key; needs `cert`."),
  server_name: maybe(text(253), "the host of the address", "Name that the server's certificate must have."),
  insecure: optional(boolean, false, "Accept any certificate. For tests only; june-load warns wherever it applies."),
  pin: maybe(
    fingerprint,
    "none",
    "SHA-256 fingerprint of the only server certificate to accept, instead of authorities.",
  ),
};

const tlsMap: Shape<TlsPlan | null> = transform(object(TLS_FIELDS), (given, { at, path }, context) => {
  reportTlsConflicts(given, at, path, context);
  return {
    ca_file: given.ca.value,
    cert_file: given.cert.value,
    key_file: given.key.value,
    server_name: given.server_name.value,
    insecure: given.insecure.value,
    pinned_sha256: given.pin.value,
  };
});

function reportTlsConflicts(given: Decoded<typeof TLS_FIELDS>, at: string, path: string, context: Context): void {
  if (given.cert.given !== given.key.given) {
    const [have, lack] = given.cert.given ? ["cert", "key"] : ["key", "cert"];
    context.problems.add(at, path, `The key "${have}" is given without "${lack}"; a client certificate needs both`);
  }
  if (given.insecure.value) {
    const text =
      "The server's certificate is NOT checked: any server that answers there is trusted and gets the requests";
    context.problems.warn(given.insecure.at, given.insecure.path, text);
  }
  const checks = [given.ca, given.pin].filter((setting) => setting.given);
  if (given.insecure.value && checks.length > 0) {
    context.problems.add(
      given.insecure.at,
      given.insecure.path,
      'The key "insecure" accepts any certificate; remove it, or "ca" and "pin"',
    );
  }
}

const NO_FILES: TlsPlan = {
  ca_file: null,
  cert_file: null,
  key_file: null,
  server_name: null,
  insecure: false,
  pinned_sha256: null,
};

/** `true`, `false` or a map of settings. */
export const tls: Shape<TlsPlan | null> = scalarOrMap(transform(boolean, (on) => on ? NO_FILES : null), tlsMap);

/** TLS from the URL's scheme and the key `tls`; reports a contradiction. */
export function tlsOf({ secure }: Endpoint, tls: Setting<TlsPlan | null>, context: Context): TlsPlan | null {
  if (tls.given && tls.valid && secure !== null && (tls.value !== null) !== secure) {
    const text = secure
      ? 'The scheme of the URL means TLS, but "tls: false" is given: remove one of them'
      : 'The scheme of the URL means no TLS, but "tls" is given: write the URL with the scheme for TLS, or remove "tls"';
    context.problems.add(tls.at, tls.path, text);
  }
  return tls.value ?? (secure === true ? NO_FILES : null);
}

const secret = (what: string): Shape<string> =>
  scalar({
    expected: `${what}, printable ASCII text of 1 to 8,192 characters`,
    schema: { type: "string" },
    secret: true,
    limited: true,
    read: (tree) => /^[\x21-\x7e]([\x20-\x7e]{0,8190}[\x21-\x7e])?$/.test(tree.text) ? { value: tree.text } : null,
  });

const oauth2: Shape<OAuth2Plan> = transform(
  object({
    token_url: required(tokenUrl, "https://login.example.net/oauth2/token", "The token endpoint."),
    client_id: required(secret("a client id"), "${CLIENT_ID}", "The client's id."),
    client_secret: required(secret("a client secret"), "${CLIENT_SECRET}", "The client's secret."),
    scope: optional(text(2_000), "", "Scopes to ask for, separated by blanks; empty: not sent."),
    audience: optional(text(2_000), "", "Audience, which some endpoints need; empty: not sent."),
    send_as: optional(
      choice("basic", "body"),
      "basic",
      "How to send the secret: as HTTP Basic, or as `client_id` and `client_secret` in the body.",
    ),
    tls: maybe(tls, "as in the URL", "TLS of the connection to the token endpoint."),
  }),
  (given, _place, context) => ({
    kind: "oauth2",
    address: given.token_url.value.address,
    path: given.token_url.value.path,
    tls: tlsOf(given.token_url.value, given.tls, context),
    client_id: given.client_id.value,
    client_secret: given.client_secret.value,
    scope: given.scope.value,
    audience: given.audience.value,
    send_as: given.send_as.value,
  }),
);

/** The source of tokens. */
export const auth: Shape<AuthPlan> = transform(
  object({
    bearer: maybe(secret("a token"), "none", "The token; take it from the environment.", "${TOKEN}"),
    bearer_file: maybe(
      existingPath("a file with a token"),
      "none",
      "A file with only the token; june-load reads it again when it changes.",
      "/var/run/secrets/token",
    ),
    oauth2: maybe(oauth2, "none", "A token endpoint, asked with client credentials (RFC 6749, 4.4)."),
  }),
  ({ bearer, bearer_file, oauth2 }, { at, path }, context) => {
    if ([bearer, bearer_file, oauth2].filter(({ given }) => given).length !== 1) {
      context.problems.add(at, path, 'Expected one of "bearer", "bearer_file" and "oauth2"');
      return undefined;
    }
    if (bearer.value !== null) return { kind: "bearer", token: bearer.value };
    if (bearer_file.value !== null) return { kind: "bearer_file", file: bearer_file.value };
    return oauth2.value ?? undefined;
  },
);

/** A proxy; messages never hold its password. */
export const proxy: Shape<ProxyPlan> = scalar({
  expected: 'a proxy such as "http://proxy:3128"',
  schema: { type: "string", pattern: "^[Hh][Tt][Tt][Pp]://" },
  secret: true,
  read(tree, context) {
    const read = readProxy(tree.text.trim());
    return typeof read === "string"
      ? { error: read }
      : withinBounds<ProxyPlan>({ value: read }, ({ address }) => address, context);
  },
});

/** Reports a header that `auth` sends too. */
export function reportTwoTokens(
  auth: Setting<AuthPlan | null>,
  headers: Setting<readonly MetadataEntry[] | null>,
  context: Context,
): void {
  if (!auth.given || !headers.value?.some(({ key }) => key === "authorization")) return;
  context.problems.add(auth.at, auth.path, 'Both "auth" and a header "authorization" are given: remove one');
}
