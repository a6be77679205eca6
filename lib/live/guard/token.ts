/** The token of a server that others than this machine's users reach. */
import { createHash, timingSafeEqual } from "node:crypto";

/** Shortest token a user may choose; characters. */
export const TOKEN_MIN = 16;

/** A token that nobody guesses. */
export function newToken(): string {
  return crypto.getRandomValues(new Uint8Array(24)).toBase64({ alphabet: "base64url" });
}

const digest = (text: string): Uint8Array => createHash("sha256").update(text).digest();

/** Compares in a time that says nothing of where two texts differ. */
function same(one: Uint8Array, other: Uint8Array): boolean {
  return timingSafeEqual(one, other);
}

/**
 * Knows a token without keeping it: only what is made of it.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const lock = new TokenLock("correct horse battery", 8089);
 * const ask = (headers: Record<string, string>) => lock.opens(new Request("http://10.0.0.7:8089/", { headers }));
 * assert.ok(ask({ authorization: "Bearer correct horse battery" }));
 * assert.ok(ask({ cookie: lock.cookie("correct horse battery").split(";")[0]! }));
 * assert.ok(!ask({ authorization: "Bearer wrong" }) && !ask({}));
 * ```
 */
export class TokenLock {
  readonly #token: Uint8Array;
  readonly #cookie: Uint8Array;
  readonly #name: string;

  constructor(token: string, port: number) {
    this.#token = digest(token);
    this.#cookie = digest(cookieValue(token));
    // Browsers do not keep the cookies of two ports apart.
    this.#name = `june_load_${port}`;
  }

  /** Whether a request has the token, in its header or as the cookie. */
  opens({ headers }: Request): boolean {
    const bearer = /^Bearer +(.+)$/i.exec(headers.get("authorization") ?? "")?.[1];
    if (bearer !== undefined) return this.fits(bearer);
    const cookies = (headers.get("cookie") ?? "").split(/; */).flatMap((pair) =>
      pair.startsWith(`${this.#name}=`) ? [pair.slice(this.#name.length + 1)] : []
    );
    return cookies.some((value) => same(digest(value), this.#cookie));
  }

  /** Whether this is the token. */
  fits(token: string): boolean {
    return same(digest(token), this.#token);
  }

  /** The `set-cookie` for whoever came with the token. */
  cookie(token: string): string {
    return `${this.#name}=${cookieValue(token)}; Path=/; HttpOnly; SameSite=Strict`;
  }
}

/** Whoever reads the cookie does not learn the token. */
function cookieValue(token: string): string {
  return createHash("sha256").update(`june-load's cookie of ${token}`).digest("base64url");
}
