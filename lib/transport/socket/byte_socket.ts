/** A connected byte stream; a `Deno.Conn` is one. */
export interface ByteSocket {
  /** Reads at least one byte; null at the end of the stream. */
  read(into: Uint8Array): Promise<number | null>;
  /** Writes some of the bytes; returns how many. */
  write(bytes: Uint8Array): Promise<number>;
  /** Closes the connection at once; pending reads and writes fail. */
  close(): void;
  /** Where it leads, as figures name it; absent: it was not dialled. */
  peer?: string;
}

/** A byte stream after its TLS handshake. */
export interface SecuredSocket extends ByteSocket {
  /** The ALPN protocol; null: none was agreed. */
  readonly alpn: string | null;
}
