/** The HTTP server behind the gate, where only june-load itself can reach it. */

/** An HTTP server that listens. */
export interface InsideServer {
  connect(): Promise<Deno.Conn>;
  close(): Promise<void>;
}

/** Where descriptors have run out, it listens again after so long. */
const AGAIN_MS = 250;

/** Begins to serve; goes on where `Deno.serve` gives up, as it does when descriptors run out. */
export async function serveInside(
  handle: (request: Request) => Promise<Response>,
  failed: (error: unknown) => Response,
): Promise<InsideServer> {
  const place = await makePlace();
  const stop = new AbortController();
  let server = listen(place, stop.signal, handle, failed);
  const serving = (async () => {
    while (!stop.signal.aborted) {
      await server.finished.catch(() => {});
      if (stop.signal.aborted) return;
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
      await place.clear();
      try {
        server = listen(place, stop.signal, handle, failed);
      } catch {
        // Still none; the next round tries again.
      }
    }
  })();
  return {
    connect: () => {
      const { addr } = server;
      if (addr.transport === "unix") return Deno.connect({ transport: "unix", path: addr.path });
      const { hostname, port } = addr as Deno.NetAddr;
      return Deno.connect({ hostname, port });
    },
    close: async () => {
      stop.abort();
      await serving;
      await place.remove();
    },
  };
}

/** A socket in a folder of our own, where there can be one; else a port of this machine. */
interface Place {
  options: { path: string } | { hostname: string; port: number };
  clear(): Promise<void>;
  remove(): Promise<void>;
}

async function makePlace(): Promise<Place> {
  const port: Place = { options: { hostname: "127.0.0.1", port: 0 }, clear: async () => {}, remove: async () => {} };
  if (Deno.build.os === "windows") return port;
  // The folder is ours alone: no other user reaches the socket in it.
  const dir = await Deno.makeTempDir({ prefix: "june_load_" }).catch(() => null);
  if (dir === null) return port;
  const path = `${dir}/page`;
  return {
    options: { path },
    clear: () => Deno.remove(path).catch(() => {}),
    remove: () => Deno.remove(dir, { recursive: true }).catch(() => {}),
  };
}

function listen(
  { options }: Place,
  signal: AbortSignal,
  handle: (request: Request) => Promise<Response>,
  onError: (error: unknown) => Response,
): Deno.HttpServer<Deno.Addr> {
  const onListen = () => {};
  return "path" in options
    ? Deno.serve({ ...options, signal, onListen, onError }, handle)
    : Deno.serve({ ...options, signal, onListen, onError }, handle);
}
