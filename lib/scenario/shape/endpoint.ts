/** Addresses of services that speak HTTP: `host:port` or a URL. */
import { address, withinBounds } from "./address.ts";
import { type Read, scalar, type Shape } from "./shape.ts";
import { quote } from "../read/tree.ts";

/** Where an HTTP service is. */
export interface Endpoint {
  /** `host:port` or `[v6]:port`. */
  address: string;
  /** Whether the URL's scheme means TLS; null: no scheme. */
  secure: boolean | null;
  /** Path of the URL without a slash at its end; may be empty. */
  path: string;
  /** Query of the URL, without its question mark: it belongs to every request. Empty: none. */
  query: string;
}

/** The two schemes of a kind of URL, without and with TLS. */
export interface Schemes {
  plain: string;
  secure: string;
}

/** Schemes of HTTP. */
export const HTTP: Schemes = { plain: "http", secure: "https" };
/** Schemes of WebSockets. */
export const WEBSOCKET: Schemes = { plain: "ws", secure: "wss" };

/** A URL such as `https://host/v1`, or an address without scheme, which gets `defaultPort` where it has none. */
export function endpoint(defaultPort: number, schemes: Schemes): Shape<Endpoint> {
  const bare = address(defaultPort);
  return scalar({
    expected: `a URL such as "${schemes.plain}://host:${defaultPort}/path", or "host:port"`,
    schema: { type: "string" },
    read(tree, context) {
      const text = tree.text.trim();
      if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return withinBounds(readUrl(text, schemes), addressOf, context);
      const [place = "", query = ""] = text.split(/\?(.*)/s);
      const [host = "", ...path] = place.split("/");
      const before = context.problems.list.length;
      const value = bare.decode({ ...tree, value: host, text: host }, "", context);
      const faults = context.problems.list.splice(before);
      if (value === undefined) return { error: faults[0]?.text ?? `Cannot read the address ${quote(text)}` };
      return {
        value: {
          address: value,
          secure: null,
          path: withoutSlash(path.length === 0 ? "" : `/${path.join("/")}`),
          query,
        },
      };
    },
  });
}

function readUrl(text: string, { plain, secure }: Schemes): Read<Endpoint> {
  const scheme = text.slice(0, text.indexOf(":")).toLowerCase();
  if (scheme !== plain && scheme !== secure) {
    return { error: `The scheme of ${quote(hideUser(text))} must be "${plain}" or "${secure}"` };
  }
  const http = text.replace(/^[a-z]+/i, scheme === secure ? "https" : "http");
  if (!URL.canParse(http)) return { error: `Cannot read the URL ${quote(hideUser(text))}` };
  const url = new URL(http);
  if (url.username !== "" || url.password !== "") {
    return {
      error: "The URL holds a user or a password, and reports would show it: remove it and use headers or auth",
    };
  }
  if (url.hash !== "") {
    return { error: `The URL ${quote(text)} ends in a fragment, which no request carries: remove it` };
  }
  const port = url.port === "" ? (scheme === secure ? 443 : 80) : url.port;
  return {
    value: {
      address: `${url.hostname}:${port}`,
      secure: scheme === secure,
      path: withoutSlash(url.pathname),
      query: url.search.slice(1),
    },
  };
}

/** A whole URL with its query; `path` holds everything after the host, as written. */
export const tokenUrl: Shape<Endpoint> = scalar({
  expected: 'a URL such as "https://login.example.net/oauth2/token"',
  schema: { type: "string", pattern: "^[Hh][Tt][Tt][Pp][Ss]?://" },
  read(tree, context) {
    const text = tree.text.trim();
    if (!text.includes("://")) return null;
    const read = withinBounds(readUrl(text.replace(/[?#].*$/, ""), HTTP), addressOf, context);
    if (read === null || "error" in read) return read;
    const { pathname, search } = new URL(text);
    return { value: { ...read.value, path: pathname + search, query: "" } };
  },
});

const addressOf = ({ address }: Endpoint) => address;
const hideUser = (text: string) => text.replace(/\/\/[^/]*@/, "//");
const withoutSlash = (path: string) => path.replace(/\/+$/, "");
