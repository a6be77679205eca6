/** A relay before a service, which spoils what it passes on when it is told to. */
import net from "node:net";

/** A running relay; everything may be changed while it runs. */
export interface Relay {
  /** `127.0.0.1:port`. */
  readonly address: string;
  /** Breaks every connection off with RST. */
  reset(): void;
  /** Passes answers on byte by byte, so many a second. */
  slow(bytes_per_s: number): void;
  /** Passes everything on this much later. */
  delay(ms: number): void;
  close(): Promise<void>;
}

/** Opens one to `address`, `host:port`. */
export async function openRelay(address: string): Promise<Relay> {
  const [host, port] = address.split(":");
  const clients = new Set<net.Socket>();
  const spoilt = { bytes_per_s: Infinity, delay_ms: 0 };
  const server = net.createServer({ noDelay: true }, (client) => {
    const service = net.connect({ port: Number(port), host, noDelay: true });
    clients.add(client);
    for (const [one, other] of [[client, service], [service, client]] as const) {
      // What either side breaks off is theirs to tell.
      one.on("error", () => {});
      one.on("close", () => other.destroy());
    }
    client.on("close", () => clients.delete(client));
    client.on("data", (bytes: Uint8Array) => void later(bytes, service));
    service.on("data", async (bytes: Uint8Array) => {
      if (spoilt.bytes_per_s === Infinity) return void later(bytes, client);
      service.pause();
      for (let at = 0; at < bytes.length && !client.destroyed; at++) {
        client.write(bytes.subarray(at, at + 1));
        await new Promise((resolve) => setTimeout(resolve, 1000 / spoilt.bytes_per_s));
      }
      service.resume();
    });
  });
  const later = (bytes: Uint8Array, to: net.Socket) => {
    const write = () => to.destroyed || to.write(bytes);
    if (spoilt.delay_ms > 0) setTimeout(write, spoilt.delay_ms);
    else write();
  };
  const reset = () => clients.forEach((client) => client.resetAndDestroy());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    address: `127.0.0.1:${(server.address() as net.AddressInfo).port}`,
    reset,
    slow: (bytes_per_s) => void (spoilt.bytes_per_s = bytes_per_s),
    delay: (ms) => void (spoilt.delay_ms = ms),
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      reset();
      await closed;
    },
  };
}
