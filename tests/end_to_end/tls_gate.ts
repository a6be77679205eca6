/** TLS in front of a plaintext server, as a proxy does it: what is said of certificates is decided here. */
import net from "node:net";
import tls from "node:tls";
import type { Certificate } from "../conformance/certificates.ts";

/** A running gate. */
export interface Gate {
  /** `localhost:port`. */
  readonly target: string;
  close(): Promise<void>;
}

/**
 * Opens a gate to `address` (`host:port`).
 * @param client_ca clients must show a certificate of this CA; null: none is asked for
 * @param wanted the port; 0: one that is free
 */
export async function openGate(
  address: string,
  shown: Certificate,
  client_ca: Certificate | null,
  wanted = 0,
): Promise<Gate> {
  const [host, port] = address.split(":");
  const open = new Set<net.Socket>();
  const track = <Socket extends net.Socket>(socket: Socket): Socket => {
    open.add(socket);
    // What a client or the server breaks off is theirs to tell.
    socket.on("error", () => {});
    socket.on("close", () => open.delete(socket));
    return socket;
  };
  const server = tls.createServer({
    cert: shown.cert_pem,
    key: shown.key_pem,
    // Never none: Deno would list every system root in its handshake, which then grows beyond what TLS allows.
    ca: (client_ca ?? shown).cert_pem,
    requestCert: client_ca !== null,
    rejectUnauthorized: client_ca !== null,
    ALPNProtocols: ["h2"],
  }, (secured) => {
    const plain = track(net.connect(Number(port), host));
    track(secured).pipe(plain).pipe(secured);
    secured.on("close", () => plain.destroy());
    plain.on("close", () => secured.destroy());
  });
  server.on("tlsClientError", () => {});
  await new Promise<void>((resolve) => server.listen(wanted, "127.0.0.1", resolve));
  const close = async () => {
    const closed = new Promise((resolve) => server.close(resolve));
    for (const socket of open) socket.destroy();
    await closed;
  };
  return { target: `localhost:${(server.address() as net.AddressInfo).port}`, close };
}
