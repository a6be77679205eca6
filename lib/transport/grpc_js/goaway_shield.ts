/**
 * Keeps a GOAWAY from ending the whole process. Deno's node:http2 calls into JavaScript while its native parser is
 * still reading the frame; to close or destroy the session there frees what the parser holds, and the process aborts
 * (denoland/deno#36788). The shield delays such calls until the parser has returned. Remove it when the pinned Deno has
 * the fix; tests/transport/grpc_js/goaway_shield_test.ts shows that.
 */
import http2 from "node:http2";

/** The part of a session that the shield replaces. */
interface Session {
  emit(event: string | symbol, ...values: unknown[]): boolean;
  close(...values: unknown[]): void;
  destroy(...values: unknown[]): void;
}

const shielded = Symbol.for("june-load.goaway-shield");

/** Delays calls of `close` and `destroy` between a session's "goaway" event and the next turn of the event loop. */
function shield(session: Session): void {
  const { emit, close, destroy } = session;
  let inGoaway = false;
  let late: (() => void)[] = [];
  const later = () => {
    inGoaway = false;
    const calls = late;
    late = [];
    for (const call of calls) call();
  };
  session.emit = function (event, ...values) {
    if (event === "goaway" && !inGoaway) {
      inGoaway = true;
      setImmediate(later);
    }
    return emit.call(this, event, ...values);
  };
  session.close = function (...values) {
    if (inGoaway) late.push(() => close.apply(this, values));
    else close.apply(this, values);
  };
  session.destroy = function (...values) {
    if (inGoaway) late.push(() => destroy.apply(this, values));
    else destroy.apply(this, values);
  };
}

/**
 * Wraps `connect` and the server makers of node:http2 for this worker. Call it before the first session is opened, in
 * every worker that uses grpc-js; a second call changes nothing.
 */
export function installGoawayShield(): void {
  const library = http2 as typeof http2 & { [shielded]?: true };
  if (library[shielded]) return;
  library[shielded] = true;
  const { connect, createServer, createSecureServer } = http2;
  const shieldServer = <Server extends { on(event: "session", listener: (session: unknown) => void): unknown }>(
    server: Server,
  ) => {
    server.on("session", (session) => shield(session as Session));
    return server;
  };
  http2.connect = ((...values: Parameters<typeof connect>) => {
    const session = connect(...values);
    shield(session as unknown as Session);
    return session;
  }) as typeof connect;
  http2.createServer =
    ((...values: Parameters<typeof createServer>) => shieldServer(createServer(...values))) as typeof createServer;
  http2.createSecureServer =
    ((...values: Parameters<typeof createSecureServer>) =>
      shieldServer(createSecureServer(...values))) as typeof createSecureServer;
}
