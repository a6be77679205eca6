/** An HTTP channel whose requests carry the current token. */
import type { ChannelStats, ShortageErrno } from "../../transport/channel.ts";
import type {
  HttpCall,
  HttpChannel,
  HttpEnd,
  HttpEvents,
  HttpHeaders,
  HttpRequest,
} from "../../transport/http/channel.ts";
import type { NoToken, Token, TokenSource } from "../core/tokens.ts";

/** Headers with a token added; headers that already have `authorization` stay as they are. */
export function withToken(headers: HttpHeaders, { authorization }: Token): HttpHeaders {
  return ownsAuthorization(headers) ? headers : [...headers, ["authorization", authorization]];
}

const ownsAuthorization = (headers: HttpHeaders): boolean =>
  headers.some(([name]) => name.toLowerCase() === "authorization");

/** A list of headers with the token last added to it. */
interface Dressed {
  token: Token;
  headers: HttpHeaders;
}

/** Adds tokens to the requests of a channel, and requests another token when one is refused (401). */
export class AuthorizedHttp implements HttpChannel {
  readonly #inner: HttpChannel;
  readonly #source: TokenSource;
  /** The channel encodes each list of headers once, so there is one list for each token. */
  readonly #dressed = new WeakMap<HttpHeaders, Dressed>();

  constructor(inner: HttpChannel, source: TokenSource) {
    this.#inner = inner;
    this.#source = source;
  }

  get target(): string {
    return this.#inner.target;
  }

  async connect(): Promise<void> {
    await this.#source.ready();
    await this.#inner.connect();
  }

  request(request: HttpRequest, timeout_ms: number, events: HttpEvents): HttpCall {
    const token = this.#source.token();
    if ("missing" in token) return neverSent(events, token);
    const headers = this.#dress(request.headers, token);
    if (headers === request.headers) return this.#inner.request(request, timeout_ms, events);
    const { method, path, body } = request;
    return this.#inner.request({ method, path, headers, body }, timeout_ms, new Watched(events, this.#source, token));
  }

  stats(): ChannelStats {
    return this.#inner.stats();
  }

  close(): Promise<void> {
    return this.#inner.close();
  }

  #dress(headers: HttpHeaders, token: Token): HttpHeaders {
    const known = this.#dressed.get(headers);
    if (known?.token === token) return known.headers;
    const dressed = withToken(headers, token);
    this.#dressed.set(headers, { token, headers: dressed });
    return dressed;
  }
}

/** Checks the status of replies. */
class Watched implements HttpEvents {
  constructor(readonly events: HttpEvents, readonly source: TokenSource, readonly token: Token) {}

  sent(): void {
    this.events.sent();
  }

  lacking(errno: ShortageErrno): void {
    this.events.lacking?.(errno);
  }

  uploaded(): void {
    this.events.uploaded?.();
  }

  headers(status: number, headers: HttpHeaders): void {
    if (status === 401) this.source.rejected(this.token);
    this.events.headers(status, headers);
  }

  data(bytes: Uint8Array): void {
    this.events.data(bytes);
  }

  end(end: HttpEnd): void {
    this.events.end(end);
  }
}

/** A request that ends at once, but not before `start` returns. */
function neverSent(events: HttpEvents, { missing, lacked }: NoToken): HttpCall {
  let ended = false;
  const end = (reason: HttpEnd["reason"], details: string) => {
    if (ended) return;
    ended = true;
    clearTimeout(timer);
    if (lacked) events.lacking?.(lacked);
    events.end({ reason, details, trailers: [] });
  };
  const timer = setTimeout(() => end("connection", missing));
  return { cancel: () => end("cancel", "Cancelled") };
}
