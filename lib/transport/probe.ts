/** Sockets for finding out what listens at an address: every step has a time limit. */
import tls from "node:tls";
import type { TlsOptions } from "./channel.ts";
import type { Target } from "./target.ts";

/** A byte stream, plain or encrypted. */
export interface ProbeConn {
  read(into: Uint8Array): Promise<number | null>;
  write(bytes: Uint8Array): Promise<number>;
  /** Protocol agreed by ALPN; null when none was. */
  readonly alpn: string | null;
  close(): void;
}

/** A step that took too long. */
export class ProbeTimeout extends Error {}

/** Time left of a probe. */
export class TimeLimit {
  readonly #end_ms: number;
  constructor(readonly timeout_ms: number) {
    this.#end_ms = performance.now() + timeout_ms;
  }
  /**
   * Waits for `work`; when it finishes too late, `undo` gets its value.
   * @throws {ProbeTimeout} when the time is up first.
   */
  async run<Value>(work: Promise<Value>, undo?: (value: Value) => void): Promise<Value> {
    const late = Promise.withResolvers<never>();
    let over = false;
    const timer = setTimeout(() => {
      over = true;
      late.reject(new ProbeTimeout("Time is up"));
    }, Math.max(0, this.#end_ms - performance.now()));
    work.then((value) => over && undo?.(value), () => {});
    try {
      return await Promise.race([work, late.promise]);
    } finally {
      clearTimeout(timer);
    }
  }
}

/** Opens a plain connection. */
export async function connectPlain(target: Target, limit: TimeLimit): Promise<ProbeConn> {
  return wrap(await openSocket(target, limit), null);
}

function openSocket(target: Target, limit: TimeLimit): Promise<Deno.Conn> {
  const conn: Promise<Deno.Conn> = target.kind === "unix"
    ? Deno.connect({ transport: "unix", path: target.path })
    : Deno.connect({ hostname: target.host, port: target.port });
  return limit.run(conn, (late) => late.close());
}

/**
 * Opens a TLS connection and finishes its handshake, with verification as `options` say.
 * @throws {Error} with the TLS library's words, or "pinned ..." for a certificate other than the pinned one.
 */
export function connectTls(target: Target, options: TlsOptions, limit: TimeLimit): Promise<ProbeConn> {
  const unverified = options.insecure || options.pinned_sha256 !== null;
  // Deno.startTls takes no client certificate, and Deno.connectTls no other name: together they need node:tls.
  const both = options.server_name !== null && options.cert_pem !== null;
  if (unverified || both || target.kind === "unix") return connectNodeTls(target, options, limit);
  return connectDenoTls(target.host, target.port, options, limit);
}

/** Whether a TLS handshake of any kind succeeds there; certificates are not looked at. */
export async function speaksTls(target: Target, limit: TimeLimit): Promise<boolean> {
  const any: TlsOptions = {
    ca_pem: null,
    cert_pem: null,
    key_pem: null,
    server_name: null,
    insecure: true,
    pinned_sha256: null,
  };
  try {
    (await connectNodeTls(target, any, limit)).close();
    return true;
  } catch (error) {
    return error instanceof Error && /alert/i.test(error.message);
  }
}

async function connectDenoTls(
  hostname: string,
  port: number,
  options: TlsOptions,
  limit: TimeLimit,
): Promise<ProbeConn> {
  const common = { alpnProtocols: ["h2"], ...(options.ca_pem !== null && { caCerts: [options.ca_pem] }) };
  const client = options.cert_pem !== null && options.key_pem !== null
    ? { cert: options.cert_pem, key: options.key_pem }
    : {};
  const opened = options.server_name === null
    ? Deno.connectTls({ hostname, port, ...common, ...client })
    : Deno.connect({ hostname, port }).then((conn) =>
      Deno.startTls(conn as Deno.TcpConn, { hostname: options.server_name ?? hostname, ...common })
    );
  const conn = await limit.run(opened, (late) => late.close());
  try {
    const { alpnProtocol } = await limit.run(conn.handshake());
    return wrap(conn, alpnProtocol);
  } catch (error) {
    closeQuietly(conn);
    throw error;
  }
}

async function connectNodeTls(target: Target, options: TlsOptions, limit: TimeLimit): Promise<ProbeConn> {
  const pinned = options.pinned_sha256;
  const name = options.server_name ?? (target.kind === "tcp" ? target.host : "localhost");
  const where = target.kind === "tcp" ? { host: target.host, port: target.port } : { path: target.path };
  const socket = tls.connect({
    ...where,
    ALPNProtocols: ["h2"],
    rejectUnauthorized: !options.insecure && pinned === null,
    ...(!isAddress(name) && { servername: name }),
    ...(options.ca_pem !== null && { ca: options.ca_pem }),
    ...(options.cert_pem !== null && { cert: options.cert_pem }),
    ...(options.key_pem !== null && { key: options.key_pem }),
  });
  const reader = nodeReader(socket);
  const ready = Promise.withResolvers<void>();
  socket.once("secureConnect", () => ready.resolve());
  socket.on("error", (error: Error) => ready.reject(error));
  socket.once("close", () => ready.reject(new Error("tls handshake eof")));
  try {
    await limit.run(ready.promise);
    if (pinned !== null) checkPin(socket, pinned);
  } catch (error) {
    socket.destroy();
    throw error;
  }
  return { ...reader, alpn: socket.alpnProtocol || null, close: () => socket.destroy() };
}

/**
 * Compares the peer's certificate with the pinned fingerprint.
 * @throws {Error} saying both fingerprints when they differ.
 */
export function checkPin(socket: tls.TLSSocket, pinned_sha256: string): void {
  const found = (socket.getPeerCertificate().fingerprint256 ?? "").replaceAll(":", "").toLowerCase();
  if (found === pinned_sha256.toLowerCase()) return;
  throw new Error(`it is not the pinned one: its SHA-256 is ${found}, pinned is ${pinned_sha256}`);
}

/** Whether a host is an IPv4 or IPv6 address; such a name must not be sent as TLS server name. */
export function isAddress(host: string): boolean {
  return host.includes(":") || /^\d+\.\d+\.\d+\.\d+$/.test(host);
}

/** Reads and writes over a node socket, one read at a time. */
function nodeReader(socket: tls.TLSSocket): Pick<ProbeConn, "read" | "write"> {
  const chunks: Uint8Array[] = [];
  let failure: Error | null = null;
  let ended = false;
  let wake = Promise.withResolvers<void>();
  const woken = () => {
    wake.resolve();
    wake = Promise.withResolvers();
  };
  socket.on("data", (chunk: Uint8Array) => {
    chunks.push(chunk);
    woken();
  });
  socket.on("error", (error: Error) => {
    failure = error;
    woken();
  });
  socket.on("close", () => {
    ended = true;
    woken();
  });
  return {
    async read(into) {
      while (chunks.length === 0 && failure === null && !ended) await wake.promise;
      const chunk = chunks.shift();
      if (chunk === undefined && failure !== null) throw failure;
      if (chunk === undefined) return null;
      into.set(chunk.subarray(0, into.length));
      return Math.min(chunk.length, into.length);
    },
    write: (bytes) => new Promise((resolve) => socket.write(bytes, () => resolve(bytes.length))),
  };
}

function wrap(conn: Deno.Conn, alpn: string | null): ProbeConn {
  return {
    read: (into) => conn.read(into),
    write: (bytes) => conn.write(bytes),
    alpn,
    close: () => closeQuietly(conn),
  };
}

function closeQuietly(conn: Deno.Conn): void {
  try {
    conn.close();
  } catch (error) {
    if (!(error instanceof Deno.errors.BadResource)) throw error;
  }
}
