/** A connected byte stream; a `Deno.Conn` is one. */
export interface ByteSocket {
  /** Reads at least one byte; null at the end of the stream. */
  read(into: Uint8Array): Promise<number | null>;
  /** Writes some of the bytes and tells how many. */
  write(bytes: Uint8Array): Promise<number>;
  /** Ends the connection at once; pending reads and writes fail. */
  close(): void;
}

/** A byte stream whose TLS handshake is done. */
export interface SecuredSocket extends ByteSocket {
  /** Protocol agreed by ALPN; null when none was. */
  readonly alpn: string | null;
}
