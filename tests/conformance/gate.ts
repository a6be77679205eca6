/** A relay before a server: it breaks connections off, and can be shut, so that nobody listens, and opened again. */
import net from "node:net";

/** A running gate. */
export interface Gate {
  /** `127.0.0.1:port`. */
  readonly address: string;
  /** Breaks every connection off with RST. */
  cut(): void;
  /** The same, and refuses others from now on. */
  shut(): Promise<void>;
  /** Lets connections through again, on the same port. */
  open(): Promise<void>;
}

/** Opens a gate to `host:port`. */
export async function openGate(to: string): Promise<Gate> {
  const [host, port] = to.split(":");
  const clients = new Set<net.Socket>();
  let listener: net.Server | null = null;
  const pass = (client: net.Socket) => {
    // It was taken before the gate shut, and comes after.
    if (listener === null) return void client.resetAndDestroy();
    const server = net.connect({ port: Number(port), host, noDelay: true });
    clients.add(client);
    for (const [one, other] of [[client, server], [server, client]] as const) {
      one.on("error", () => {});
      one.on("close", () => other.destroy());
      one.on("data", (bytes: Uint8Array) => other.destroyed || other.write(bytes));
    }
    client.on("close", () => clients.delete(client));
  };
  const listen = async (at: number) => {
    const server = listener = net.createServer({ noDelay: true }, pass);
    await new Promise<void>((resolve) => server.listen(at, "127.0.0.1", resolve));
    return (server.address() as net.AddressInfo).port;
  };
  const own = await listen(0);
  const cut = () => clients.forEach((client) => client.resetAndDestroy());
  return {
    address: `127.0.0.1:${own}`,
    cut,
    async shut() {
      const closed = new Promise((resolve) => listener === null ? resolve(null) : listener.close(resolve));
      listener = null;
      cut();
      await closed;
    },
    open: async () => void await listen(own),
  };
}
