/**
 * What june-load's own machine may lack for one more connection. The operating system says so with an error number; a call
 * that waits for it, or fails by it, is no fault of the service.
 */

/** The error numbers, by their names. */
export type ShortageErrno = "EADDRNOTAVAIL" | "EMFILE" | "ENFILE" | "ENOBUFS" | "ENOMEM";

/** What an error number means here, and what to do. */
export interface ShortageFacts {
  /** A clause: "no local port is free". */
  readonly means: string;
  /** What to change, an imperative without a full stop. */
  readonly remedy: string;
}

const MORE_MEMORY = "use a machine with more free memory, or fewer `connections` or users";

/** All of them. Source: errno(3), connect(2), socket(2), ip(7). */
export const SHORTAGES: Readonly<Record<ShortageErrno, ShortageFacts>> = {
  EADDRNOTAVAIL: {
    means: "no local port is free",
    remedy: 'run `sysctl -w net.ipv4.ip_local_port_range="1024 65535"`, give the service more addresses, ' +
      "or use fewer `connections` or users",
  },
  EMFILE: {
    means: "june-load may open no more files and connections",
    remedy: "run `ulimit -n 65536` before it (systemd: LimitNOFILE, Docker: --ulimit nofile), " +
      "or use fewer `connections` or users",
  },
  ENFILE: {
    means: "this machine may open no more files and connections",
    remedy: "run `sysctl -w fs.file-max=1000000`, or end other programs",
  },
  ENOBUFS: { means: "this machine has no buffer left for a connection", remedy: MORE_MEMORY },
  ENOMEM: { means: "this machine has no memory left for a connection", remedy: MORE_MEMORY },
};

/**
 * The shortage that an error of Deno or Node is about, by its code; null for another error.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const error = Object.assign(new Error("Too many open files (os error 24)"), { code: "EMFILE" });
 * assert.deepEqual([shortageOf(error), shortageOf(new Error("refused"))], ["EMFILE", null]);
 * ```
 */
export function shortageOf(error: unknown): ShortageErrno | null {
  if (!(error instanceof Error) || !("code" in error) || typeof error.code !== "string") return null;
  return isShortage(error.code) ? error.code : null;
}

function isShortage(code: string): code is ShortageErrno {
  return Object.hasOwn(SHORTAGES, code);
}
