/**
 * Puts the events of node:http2's client streams in Node's order. Deno emits "data" before "response" when a reply's
 * headers and body come in one read (denoland/deno#35947); grpc-js then takes a proxy's HTML page for a gRPC message
 * and blames its length. This holds body events back until the "response" event. Remove it when the pinned Deno has the
 * fix.
 */
import http2 from "node:http2";

/** The part of a stream that is replaced. */
interface Stream {
  emit(event: string | symbol, ...values: unknown[]): boolean;
}

const ordered = Symbol.for("june-load.http2-event-order");

/** Holds "data" and "end" back until "response", or until the stream closes without one. */
function order(stream: Stream): void {
  const { emit } = stream;
  const held: (() => void)[] = [];
  stream.emit = function (event, ...values) {
    if (event === "data" || event === "end") {
      held.push(() => emit.call(this, event, ...values));
      return true;
    }
    if (event !== "response" && event !== "close") return emit.call(this, event, ...values);
    stream.emit = emit;
    const tellHeld = () => held.forEach((tell) => tell());
    if (event === "close") tellHeld();
    const heard = emit.call(this, event, ...values);
    if (event === "response") tellHeld();
    return heard;
  };
}

/** Wraps `connect` of node:http2 for this worker; a second call changes nothing. */
export function installEventOrder(): void {
  const library = http2 as typeof http2 & { [ordered]?: true };
  if (library[ordered]) return;
  library[ordered] = true;
  const { connect } = http2;
  http2.connect = ((...values: Parameters<typeof connect>) => {
    const session = connect(...values);
    const request = session.request.bind(session);
    session.request = (...asked: Parameters<typeof request>) => {
      const stream = request(...asked);
      order(stream as unknown as Stream);
      return stream;
    };
    return session;
  }) as typeof connect;
}
