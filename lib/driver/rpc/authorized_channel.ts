/** A gRPC channel whose calls carry the current token. */
import type {
  CallEvents,
  Channel,
  ChannelStats,
  ClientCall,
  Metadata,
  Method,
  MethodSpec,
  OpenChannel,
  ShortageErrno,
  Status,
} from "../../transport/channel.ts";
import { StatusCode } from "../../transport/status.ts";
import type { NoToken, Token, TokenSource } from "../core/tokens.ts";

/**
 * Opens channels that send tokens. A method is prepared again only after the token has changed, so a call costs one
 * comparison. Metadata that already has `authorization` stays as it is.
 */
export function authorizedOpen(open: OpenChannel, source: TokenSource): OpenChannel {
  return (target, options) => new AuthorizedChannel(open(target, options), source);
}

class AuthorizedChannel implements Channel {
  constructor(readonly inner: Channel, readonly source: TokenSource) {}

  get target(): string {
    return this.inner.target;
  }

  async connect(): Promise<void> {
    await this.source.ready();
    await this.inner.connect();
  }

  method(spec: MethodSpec): Method {
    const own = spec.metadata.some(([key]) => key === "authorization");
    return own ? this.inner.method(spec) : new AuthorizedMethod(this, spec);
  }

  stats(): ChannelStats {
    return this.inner.stats();
  }

  close(): Promise<void> {
    return this.inner.close();
  }
}

class AuthorizedMethod implements Method {
  #token: Token | null = null;
  #prepared: Method | null = null;

  constructor(readonly channel: AuthorizedChannel, readonly spec: MethodSpec) {}

  start(request: Uint8Array | null, timeout_ms: number, events: CallEvents): ClientCall {
    const { source } = this.channel;
    const token = source.token();
    if ("missing" in token) return neverSent(events, token);
    if (this.#prepared === null || token !== this.#token) {
      this.#token = token;
      const metadata: Metadata = [...this.spec.metadata, ["authorization", token.authorization]];
      this.#prepared = this.channel.inner.method({ ...this.spec, metadata });
    }
    return this.#prepared.start(request, timeout_ms, new Watched(events, source, token));
  }
}

/** Checks how calls end, and reports a refused token. */
class Watched implements CallEvents {
  constructor(readonly events: CallEvents, readonly source: TokenSource, readonly token: Token) {}

  sent(): void {
    this.events.sent();
  }

  lacking(errno: ShortageErrno): void {
    this.events.lacking?.(errno);
  }

  headers(metadata: Metadata): void {
    this.events.headers?.(metadata);
  }

  message(bytes: Uint8Array): void {
    this.events.message(bytes);
  }

  drain(): void {
    this.events.drain?.();
  }

  end(status: Status): void {
    if (status.code === StatusCode.UNAUTHENTICATED && status.origin === "server") this.source.rejected(this.token);
    this.events.end(status);
  }
}

/** A call that ends at once, but not before `start` returns. */
function neverSent(events: CallEvents, { missing, lacked }: NoToken): ClientCall {
  const timer = setTimeout(() => end(StatusCode.UNAUTHENTICATED, missing, "local"));
  let ended = false;
  const end = (code: number, details: string, origin: Status["origin"]) => {
    if (ended) return;
    ended = true;
    clearTimeout(timer);
    if (lacked) events.lacking?.(lacked);
    events.end({ code, details, origin, trailers: [] });
  };
  return {
    write: () => true,
    halfClose() {},
    cancel: () => end(StatusCode.CANCELLED, "Cancelled", "cancel"),
  };
}
