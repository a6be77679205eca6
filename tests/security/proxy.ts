/** An HTTP proxy that tunnels, and keeps a list of what it was asked. */
import http from "node:http";
import net from "node:net";

/** What a proxy does when it is asked to connect. */
export interface ProxyManner {
  /** Status it answers instead of connecting. */
  refuses?: number;
  /** `proxy-authorization` it wants. */
  wants?: string;
}

/** A running proxy. */
export interface Proxy {
  address: string;
  /** `host:port` of each CONNECT, and other requests as `GET http://...`. */
  asked: string[];
  /** Tunnels that are open. */
  open(): number;
}

/** A proxy for the time of `body`. */
export async function withProxy(manner: ProxyManner, body: (proxy: Proxy) => Promise<void>): Promise<void> {
  const asked: string[] = [];
  const sockets = new Set<net.Socket>();
  const track = (socket: net.Socket) => {
    sockets.add(socket);
    socket.on("error", () => {}).on("close", () => sockets.delete(socket));
  };
  const server = http.createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    response.writeHead(500).end();
  });
  server.on("connect", (request, client: net.Socket) => {
    track(client);
    asked.push(request.url ?? "");
    const say = (status: number, reason: string) => client.write(`HTTP/1.1 ${status} ${reason}\r\n\r\n`);
    if (manner.wants !== undefined && request.headers["proxy-authorization"] !== manner.wants) {
      say(407, "Proxy Authentication Required");
      return void client.end();
    }
    if (manner.refuses !== undefined) {
      say(manner.refuses, "No");
      return void client.end();
    }
    const [host = "", port = ""] = (request.url ?? "").split(":");
    const server = net.connect(Number(port), host, () => {
      say(200, "Connection established");
      client.pipe(server).pipe(client);
    });
    track(server);
    server.on("error", () => client.destroy()).on("close", () => client.destroy());
    client.on("close", () => server.destroy());
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const address = `127.0.0.1:${(server.address() as net.AddressInfo).port}`;
  try {
    await body({ address, asked, open: () => sockets.size / 2 });
  } finally {
    server.closeAllConnections();
    for (const socket of sockets) socket.destroy();
    await new Promise((closed) => server.close(closed));
  }
}
