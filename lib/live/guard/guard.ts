/**
 * Who may ask for what: a page of a stranger must be able neither to read this server nor to make it send load. Each check
 * stands by itself: Host against DNS rebinding, Origin and a header of our own against forged requests, a token where
 * others than this machine's users reach the port.
 */
import { COMMAND_HEADER, COMMAND_VALUE } from "../../ui/web/api.ts";
import type { TokenLock } from "./token.ts";

/** What the guard knows of the server. */
export interface GuardOptions {
  /** Names that a request may call this server by, besides loopback's and addresses in digits; lower case. */
  names: readonly string[];
  /** Null: only this machine's users reach the port. */
  lock: TokenLock | null;
}

/** A request that is not answered: its status, and why in plain words. */
export interface Refused {
  status: number;
  message: string;
}

const LOOPBACK = new Set(["localhost", "127.0.0.1", "[::1]"]);

/**
 * Why a request is refused; null: it may pass.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const headers = { host: "evil.example:8089" };
 * const request = new Request("http://127.0.0.1:8089/api/state", { headers });
 * assert.equal(refusalOf(request, { names: [], lock: null })?.status, 421);
 * ```
 */
export function refusalOf(request: Request, options: GuardOptions): Refused | null {
  const { lock } = options;
  const fault = hostFault(request, options) ?? foreignOrigin(request);
  if (fault !== null) return fault;
  if (lock !== null && !lock.opens(request)) {
    return refused(403, "This page needs its token: open it with ?token=TOKEN, as june-load printed it at its start");
  }
  return request.method === "POST" ? commandFault(request) : null;
}

/** A request that calls this server by a name of a stranger, which may lead here only for a while. */
export function hostFault({ headers }: Request, { names, lock }: GuardOptions): Refused | null {
  const name = nameOf(headers.get("host") ?? "");
  // Where there is a token, nobody is let in by name alone.
  const isOurs = (known: string) => name === known || (lock !== null && name?.startsWith(`${known}.`) === true);
  const known = name !== null && (LOOPBACK.has(name) || names.some(isOurs) || (lock !== null && isDigits(name)));
  return known ? null : refused(421, "This server is not called that: open it by the address that june-load printed");
}

/** A page of another origin asks: browsers say so, and nothing else does. */
function foreignOrigin(request: Request): Refused | null {
  const host = request.headers.get("host");
  const origin = request.headers.get("origin");
  const own = origin === null || origin === `http://${host}` || origin === `https://${host}`;
  const site = request.headers.get("sec-fetch-site");
  const near = site === null || site === "same-origin" || site === "none" || isNavigation(request);
  return own && near ? null : refused(403, "A page of another site asked for this: only june-load's own page may");
}

/** Someone follows a link to a page: it is shown to him, and the site with the link learns nothing. */
function isNavigation(request: Request): boolean {
  return request.method === "GET" && request.headers.get("sec-fetch-mode") === "navigate" &&
    request.headers.get("sec-fetch-dest") === "document";
}

/** Forms and images of other pages can neither set a header of ours nor send JSON. */
function commandFault({ headers }: Request): Refused | null {
  if (headers.get(COMMAND_HEADER) !== COMMAND_VALUE) {
    return refused(403, `Commands carry the header "${COMMAND_HEADER}: ${COMMAND_VALUE}", which this request lacks`);
  }
  const [type = ""] = (headers.get("content-type") ?? "").split(";");
  if (type.trim().toLowerCase() === "application/json") return null;
  return refused(400, 'Commands are JSON: send "content-type: application/json"');
}

const refused = (status: number, message: string): Refused => ({ status, message });

/** The name of `name:port`, lower case; null where it is none. */
function nameOf(host: string): string | null {
  const match = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::\d{1,5})?$/i.exec(host);
  return match === null ? null : (match[1] as string).toLowerCase();
}

/** An address in digits: no name server had a part in it, so nothing was rebound. */
const isDigits = (name: string) => /^(\d{1,3}\.){3}\d{1,3}$/.test(name) || name.startsWith("[");
