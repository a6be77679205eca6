/** Servers that answer every call with what they were sent, as careless servers do in their errors. */
import http from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { WireServer } from "../../lib/sim/server/wire_server.ts";
import type { Handle } from "../../lib/sim/server/server.ts";
import { StatusCode } from "../../lib/transport/status.ts";

/** Ends every gRPC call with UNAUTHENTICATED and its metadata. */
class EchoServer extends WireServer {
  override handlerFor(): Handle {
    return (call) => {
      const shown = call.metadata.map(([key, value]) => `${key}: ${value}`).reverse().join(", ");
      return {
        message() {},
        halfClose: () => call.end(StatusCode.UNAUTHENTICATED, `wrong credentials: ${shown}`),
        cancel() {},
        drain() {},
      };
    };
  }
}

/** What an HTTP request held: one part for each request of a path, in turn, so that no part is cut off by the length of another. */
function partOf(request: http.IncomingMessage, body: string, turn: number): string {
  const own = Object.entries(request.headers).map(([key, value]) => `${key}: ${value}`);
  const authorization = `authorization: ${request.headers.authorization}`;
  // Details are cut after 200 characters: some of these in the midst of the token.
  const cut = [100, 130, 135, 140, 145, 150, 155].map((count) => `${"-".repeat(count)} ${authorization}`);
  const parts = [authorization, request.url ?? "", body, ...own, ...cut];
  return parts[turn % parts.length] as string;
}

/** Where a POST gives a token, for `requires_auth`. */
export const LOGIN_PATH = "/login";

/** Running echo servers. */
export interface Echo {
  grpc: string;
  http: string;
  /** Everything that came over HTTP. */
  heard: string[];
}

/** Both for the time of `body`; `login` is the token that a login gives. */
export async function withEcho(login: string, body: (echo: Echo) => Promise<void>): Promise<void> {
  const grpc = new EchoServer();
  const port = await grpc.listen({ hostname: "127.0.0.1", port: 0 });
  const heard: string[] = [];
  const turns = new Map<string, number>();
  const page = (request: http.IncomingMessage, sent: string) => {
    heard.push(`${request.url} ${JSON.stringify(request.headers)} ${sent}`);
    const turn = turns.get(request.url ?? "") ?? 0;
    turns.set(request.url ?? "", turn + 1);
    return JSON.stringify({ error: { message: `you sent ${partOf(request, sent, turn)}` } });
  };
  const server = http.createServer(async (request, response) => {
    let sent = "";
    try {
      for await (const chunk of request) sent += new TextDecoder().decode(chunk);
    } catch {
      return; // The run has ended, and the client is gone.
    }
    if (request.url?.startsWith(LOGIN_PATH)) {
      heard.push(`${request.url}`);
      return void response.writeHead(200).end(JSON.stringify({ access_token: login }));
    }
    response.writeHead(401, { "content-type": "application/json", "retry-after": "3" }).end(page(request, sent));
  });
  server.on("upgrade", (request, socket: Socket) => {
    const text = page(request, "");
    socket.on("error", () => {});
    socket.end(`HTTP/1.1 401 No\r\ncontent-type: application/json\r\ncontent-length: ${text.length}\r\n\r\n${text}`);
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  try {
    await body({ grpc: `127.0.0.1:${port}`, http: `127.0.0.1:${(server.address() as AddressInfo).port}`, heard });
  } finally {
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
    await grpc.close();
  }
}
