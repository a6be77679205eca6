/** Credentials for a service: tokens that may change during a run, and the secrets that must not be shown. */
import { errorText } from "../../base/errors.ts";
import { readRegularTextSync } from "../../base/regular_file.ts";
import { UserError } from "../../plan/errors.ts";
import type { ServicePlan } from "../../plan/plan.ts";
import { Secrets } from "./secrets.ts";
import { addSentFiles } from "./sent_files.ts";
import { isToken, type NoToken, type Token, type TokenSource } from "../core/tokens.ts";

/** What june-load sends to authenticate, and the secrets that it removes from every text about the service. */
export interface Credentials {
  /** Null: no token; only the plan's metadata. */
  readonly source: TokenSource | null;
  readonly secrets: Secrets;
}

/** The credentials of a service; no token is read or sent yet. */
export async function openCredentials(service: ServicePlan): Promise<Credentials> {
  const secrets = new Secrets(service);
  await addSentFiles(service, secrets);
  const { auth } = service;
  switch (auth?.kind) {
    case undefined:
      return { source: null, secrets };
    case "bearer":
      return { source: constant(auth.token), secrets };
    case "bearer_file":
      return { source: new TokenFile(auth.file, service.name, secrets), secrets };
    case "oauth2":
      return { source: new (await import("./oauth2.ts")).OAuth2Tokens(service, auth, secrets), secrets };
  }
}

/** A token that never changes. */
function constant(text: string): TokenSource {
  const token = { authorization: `Bearer ${text}` };
  return {
    ready: () => Promise.resolve(),
    token: () => token,
    rejected() {},
    close: () => Promise.resolve(),
  };
}

/**
 * Shortest time between two reads; milliseconds. It reads the short file itself: the time of its last change can miss a
 * change.
 */
const LOOK_MS = 1000;
/** Largest file of a token; bytes. */
const MAX_TOKEN_BYTES = 64 * 1024;

/**
 * A file that holds a token. A rotated token is used by the first call that starts a second after it was written, at
 * the latest. While the file is missing or empty, the last token stays in use.
 */
export class TokenFile implements TokenSource {
  #token: Token | null = null;
  #look_at_ms = 0;

  /**
   * @param service its name, for messages
   * @param now_ms a monotonic clock
   */
  constructor(
    readonly file: string,
    readonly service: string,
    readonly secrets: Secrets,
    readonly now_ms: () => number = () => performance.now(),
  ) {}

  ready(): Promise<void> {
    try {
      this.#look();
      return Promise.resolve();
    } catch (error) {
      const where = `the token of service ${this.service} from "${this.file}"`;
      return Promise.reject(new UserError("input", `Cannot read ${where}: ${errorText(error)}`));
    }
  }

  token(): Token | NoToken {
    if (this.now_ms() >= this.#look_at_ms) {
      try {
        this.#look();
      } catch {
        // It is being replaced: the token known so far stays in use.
      }
    }
    return this.#token ?? { missing: `There is no token in "${this.file}"` };
  }

  /** Nothing to do: the next read finds another token. */
  rejected(): void {}

  close(): Promise<void> {
    return Promise.resolve();
  }

  #look(): void {
    this.#look_at_ms = this.now_ms() + LOOK_MS;
    const text = readRegularTextSync(this.file, MAX_TOKEN_BYTES).trim();
    if (text === "") throw new Error("it is empty");
    if (!isToken(text)) throw new Error("it is not a token: a token is one line without blanks");
    const authorization = `Bearer ${text}`;
    if (this.#token?.authorization === authorization) return;
    this.secrets.add(text);
    this.#token = { authorization };
  }
}
