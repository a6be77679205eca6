/** What the conformance suite needs of a server: started with options, reached at a target, killed at will. */

/** PEM files, by path, so that a server in any language can be told on its command line. */
export interface ServerTls {
  cert_path: string;
  key_path: string;
  /** Clients must show a certificate of this CA. */
  client_ca_path?: string;
}

/** How to start a server; loopback only. */
export interface ServerOptions {
  /** Default 0, a free one. */
  port?: number;
  /** Listen on this Unix socket instead of a port. */
  unix_path?: string;
  tls?: ServerTls;
  max_concurrent_streams?: number;
  /** Connections get GOAWAY at this age; calls on them may finish. */
  max_connection_age_ms?: number;
}

/** A server in its own process. */
export interface RunningServer {
  /** `127.0.0.1:port`, `localhost:port` with TLS, `unix:/path`. */
  readonly target: string;
  /** 0 on a Unix socket. */
  readonly port: number;
  /** Ends it at once, as `kill -9` does, and waits until it is gone. */
  kill(): Promise<void>;
}

/** Options a server understands; cases that need others are not registered for it. */
export type Feature =
  | "tls"
  | "mutual_tls"
  /** Says by a TLS alert why it refuses a client, and does not just hang up. */
  | "tls_alerts"
  | "unix"
  | "max_concurrent_streams"
  | "max_connection_age"
  | "gzip"
  /** Refuses requests whose compression is not what they say (`expect_compressed`). */
  | "gzip_checks"
  /** Compresses replies when asked to (`response_compressed`). */
  | "gzip_replies";

/** A kind of server that speaks `grpc.testing.TestService`. */
export interface ServerStarter {
  readonly name: string;
  readonly features: ReadonlySet<Feature>;
  start(options?: ServerOptions): Promise<RunningServer>;
}
