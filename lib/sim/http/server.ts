/** The simulator's HTTP port: HTTP/1.1 and HTTP/2 in plaintext, for all fronts other than gRPC. */

/** Answers a request. `path` groups of the route's pattern are in `parts`, decoded. */
export type Answer = (request: Request, parts: readonly string[]) => Response | Promise<Response>;

/** One method and path. */
export interface Route {
  method: string;
  /** Matched against the whole path, without the query. */
  path: RegExp;
  answer: Answer;
}

/** A listening server. */
export interface HttpServer {
  readonly port: number;
  /** Stops listening, closes open connections, and resolves when all work has stopped. */
  close(): Promise<void>;
}

/** A JSON reply. */
export function jsonReply(value: unknown, status = 200, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(value), { status, headers: { "content-type": "application/json", ...headers } });
}

/**
 * Begins to listen.
 * @throws {Error} when the port is not available
 */
export function listenHttp(hostname: string, port: number, routes: readonly Route[]): HttpServer {
  const stop = new AbortController();
  const server = Deno.serve(
    { hostname, port, signal: stop.signal, onListen: () => {}, onError: failed },
    (request) => dispatch(routes, request),
  );
  return {
    port: server.addr.port,
    async close() {
      stop.abort();
      await server.finished;
    },
  };
}

function dispatch(routes: readonly Route[], request: Request): Response | Promise<Response> {
  const { pathname } = new URL(request.url);
  const there = routes.filter(({ path }) => path.test(pathname));
  if (there.length === 0) return jsonReply({ detail: "Not Found" }, 404);
  const route = there.find(({ method }) =>
    method === request.method || (method === "GET" && request.method === "HEAD")
  );
  if (route === undefined) {
    return jsonReply({ detail: "Method Not Allowed" }, 405, { allow: there.map(({ method }) => method).join(", ") });
  }
  return route.answer(request, (route.path.exec(pathname) ?? []).slice(1).map(decodeURIComponent));
}

function failed(error: unknown): Response {
  // A client that has gone needs no answer; any other error is a bug of ours.
  if (!(error instanceof DOMException && error.name === "AbortError")) reportError(error);
  return jsonReply({ detail: "Internal Server Error" }, 500);
}
