/** Tokens that may change during a run, and passwords as HTTP sends them. */
import type { ShortageErrno } from "../../plan/shortages.ts";
import type { OAuth2Plan } from "../../plan/credentials.ts";

/** A token as it is sent. Each new token is a new object. */
export interface Token {
  /** Value of `authorization`. */
  readonly authorization: string;
}

/** Where the tokens of a service come from. One per worker and service. */
export interface TokenSource {
  /**
   * Waits for the first token.
   * @throws {UserError} kind `input` for a file that cannot be read
   * @throws {ConnectError} for a token endpoint that gives none
   */
  ready(): Promise<void>;
  /** The token to send now, or why there is none. */
  token(): Token | NoToken;
  /** The server refused this token: get another one, if possible. */
  rejected(token: Token): void;
  close(): Promise<void>;
}

/** There is no valid token. */
export interface NoToken {
  /** Why, without a secret. */
  readonly missing: string;
  /** What this machine lacked to ask for one; null or absent: nothing. */
  readonly lacked?: ShortageErrno | null;
}

/**
 * The characters that a token may have in a header. Source: RFC 9110, section 5.5; tokens have no blanks (RFC 6750,
 * section 2.1).
 */
const SENDABLE = /^[\x21-\x7e]+$/;

/** Whether a text can be sent as a token. */
export function isToken(text: string): boolean {
  return SENDABLE.test(text);
}

/** `user:password` as HTTP Basic sends it. Source: RFC 7617. */
export function basicOf(credentials: string): string {
  return `Basic ${new TextEncoder().encode(credentials).toBase64()}`;
}

/** A client's id and secret as HTTP Basic sends them. Source: RFC 6749, section 2.3.1. */
export function clientBasicOf({ client_id, client_secret }: OAuth2Plan): string {
  const [id, secret] = [client_id, client_secret].map((text) => new URLSearchParams({ "": text }).toString().slice(1));
  return basicOf(`${id}:${secret}`);
}
