/** A recorded exchange: what a server sends for one server-streaming call, with every frame that may occur in one. */
import { gzipSync } from "node:zlib";
import { encodeHeaders } from "../../../lib/transport/wire/hpack/encoder.ts";
import { bytesOf, data, headers, OK, REPLY } from "./raw_peer.ts";

/** The messages in {@linkcode EXCHANGE}. */
export const MESSAGES = [[1, 2, 3], [], [9, 9, 9, 9], [4]];

const ZIPPED = gzipSync(new Uint8Array([9, 9, 9, 9]));

/** Bytes from the server's SETTINGS to the trailers of stream 1. */
export const EXCHANGE = bytesOf((frames) => {
  frames.settings([[3, 100], [4, 70_000]]);
  frames.settingsAck();
  headers(frames, 1, [[":status", "103"], ["link", "x"]]);
  frames.headers(1, encodeHeaders([...REPLY, ["grpc-encoding", "gzip"], ["x", "y"]]), false, 20);
  data(frames, 1, [0, 0, 0]);
  data(frames, 1, [0, 3, 1]);
  frames.ping(new Uint8Array(8), 0, false);
  data(frames, 1, [2, 3, 0, 0, 0, 0, 0]);
  frames.windowUpdate(0, 100);
  frames.windowUpdate(1, 100);
  data(frames, 1, [1, 0, 0, 0, ZIPPED.length, ...ZIPPED]);
  frames.header(5, 2, 0, 1);
  frames.raw(new Uint8Array(5));
  frames.header(3, 0x42, 0xff, 1);
  frames.raw(new Uint8Array(3));
  data(frames, 1, [0, 0, 0, 0, 1, 4]);
  headers(frames, 1, [...OK, ["grpc-message", "fine"], ["t-bin", "AAEC"]], true);
});
