/** Converts statuses and metadata between grpc-js and `Channel`. */
import { Metadata as GrpcMetadata, type StatusObject } from "@grpc/grpc-js";
import { Buffer } from "node:buffer";
import type { Metadata, MetadataValue, ShortageErrno, Status, StatusOrigin } from "../channel.ts";
import { localShortage } from "../outside_errors.ts";
import { outOfDescriptors } from "../socket/dial.ts";
import { StatusCode } from "../status.ts";
import { withWords } from "../status_words.ts";

/** Headers of the protocol, which callers do not see. */
const PROTOCOL_KEYS = new Set(["content-type", "grpc-encoding", "grpc-accept-encoding", "grpc-status", "grpc-message"]);

/**
 * Statuses that grpc-js makes itself. Only their text differs from a peer's status. A peer's status with the same text
 * gets a wrong origin, but keeps its code and details.
 */
const OWN_STATUSES: readonly (readonly [code: number, words: RegExp, origin: StatusOrigin])[] = [
  [
    StatusCode.UNAVAILABLE,
    /^(No connection established|Connection dropped|Write (error|failed)|Stream refused by server|Name resolution failed)|ECONNRESET|ETIMEDOUT/,
    "connection",
  ],
  [StatusCode.RESOURCE_EXHAUSTED, /^(Received message larger than max|Attempted to send message)/, "local"],
  [StatusCode.RESOURCE_EXHAUSTED, /^Received message that decompresses to a size larger/, "local"],
  [StatusCode.INTERNAL, /^Failed to decompress/, "local"],
  [StatusCode.INTERNAL, /triggered by internal client error/, "connection"],
  [StatusCode.UNIMPLEMENTED, /^Received message compressed with unsupported/, "local"],
];

/** The text for a stream that grpc-js could not start, mostly because GOAWAY had just come; its code is INTERNAL. */
const NOT_STARTED = /^Failed to start HTTP\/2 stream with error/;

/** Our text for a compressed reply message without an encoding, which grpc-js reports without code or text. */
const UNREADABLE = "A reply message is compressed, and the server named no encoding";

/** The texts of grpc-js for a call that ended without a status of the peer. */
const NOTHING_TOLD = /^(Received RST_STREAM|Received HTTP status code 200|Connection dropped|No status information)/;
/** The texts for a lost connection; node:http2 ends the streams of a session with the code of its GOAWAY. */
const DROPPED = /^(Connection dropped|Received RST_STREAM|Bandwidth exhausted|Protocol not secure)|ECONNRESET/;

/**
 * The failure that the first headers tell, null where they tell none: it stands if the reply ends without another.
 */
export function readEarlyStatus(headers: GrpcMetadata): Status | null {
  const [told, message] = [headers.get("grpc-status")[0], headers.get("grpc-message")[0]];
  const code = Number(told);
  if (told === undefined || !Number.isInteger(code) || code < 1 || code > 16) return null;
  return withWords({ code, details: plain(`${message ?? ""}`), origin: "server", trailers: readMetadata(headers) });
}

function plain(message: string): string {
  try {
    return decodeURIComponent(message);
  } catch {
    return message;
  }
}

/**
 * Adds what the peer said of the end of a call, where grpc-js has only its own words.
 * @param early what the first headers told
 * @param farewell the reason of the connection's GOAWAY; empty: none came
 */
export function completed(status: Status, early: Status | null, farewell: string): Status {
  if (early !== null && NOTHING_TOLD.test(status.details)) return early;
  if (farewell === "" || !DROPPED.test(status.details)) return withWords(status);
  return { ...status, details: `${status.details} after ${farewell}` };
}

/** The text of grpc-js for a reply in HTTP without gRPC. */
const FOREIGN = /^Received HTTP status code [0-9]{3}$/;

/**
 * Whether a call may end so because its deadline passed at the peer: a server that enforces it is heard shortly before
 * our own timer, and a proxy before it makes a page or a reset of its own of that.
 */
export function isOfTheDeadline({ code, details, foreign }: Status): boolean {
  return code === StatusCode.DEADLINE_EXCEEDED || code === StatusCode.CANCELLED || foreign === true ||
    NOTHING_TOLD.test(details);
}

/** Converts a status of grpc-js and adds its origin. */
export function readStatus({ code, details, metadata }: StatusObject): Status {
  const trailers = readMetadata(metadata);
  if (code === StatusCode.INTERNAL && NOT_STARTED.test(details)) {
    return { code: StatusCode.UNAVAILABLE, details, origin: "connection", trailers };
  }
  if (code as number | undefined === undefined) {
    return { code: StatusCode.INTERNAL, details: UNREADABLE, origin: "local", trailers };
  }
  if (!Number.isInteger(code) || code < 0 || code > 16) {
    return { code: StatusCode.UNKNOWN, details: `Status ${code}: ${details}`, origin: "server", trailers };
  }
  const own = OWN_STATUSES.find(([status, words]) => status === code && words.test(details));
  const foreign = FOREIGN.test(details) ? { foreign: true as const } : {};
  return { code, details, origin: own?.[2] ?? "server", trailers, ...foreign };
}

/** grpc-js quotes the error of the last attempt to connect: `connect EMFILE 10.0.0.1:50051`. EINVAL: see `localShortage`. */
const LACKED = /\bconnect (EADDRNOTAVAIL|EINVAL|EMFILE|ENFILE|ENOBUFS|ENOMEM)\b/;
/** The resolver finds nothing either where it can open no file or socket. */
const UNNAMED = /^Name resolution failed/;

/** What this machine lacked for the connection of a call that ended so; null: nothing, or not known. */
export function lackedBy({ origin, details }: Status): ShortageErrno | null {
  if (origin !== "connection") return null;
  if (UNNAMED.test(details)) return localShortage(outOfDescriptors());
  const code = LACKED.exec(details)?.[1];
  return code === undefined ? null : code === "EINVAL" ? "EADDRNOTAVAIL" : code as ShortageErrno;
}

/** Converts a caller's metadata for grpc-js. */
export function writeMetadata(metadata: Metadata): GrpcMetadata {
  const written = new GrpcMetadata();
  for (const [key, value] of metadata) written.add(key, typeof value === "string" ? value : Buffer.from(value));
  return written;
}

/** Converts received metadata, without the protocol's own headers. */
export function readMetadata(metadata: GrpcMetadata): Metadata {
  const read: (readonly [string, MetadataValue])[] = [];
  for (const [key, values] of Object.entries(metadata.toJSON())) {
    if (PROTOCOL_KEYS.has(key)) continue;
    for (const value of values) read.push([key, value]);
  }
  return read;
}
