/** Services that send far too much. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { longHeaders, REPLY } from "../../conformance/scripted_peer.ts";
import { grpcJsServer } from "../../conformance/servers/grpc_js.ts";
import { chats, exchanges } from "../kit/loads.ts";
import type { Came, Row } from "../kit/row.ts";
import { http, peer } from "../kit/services.ts";

const MEBI = 2 ** 20;
const INTEROP = new URL("../../foreign/servers/grpcio/interop.proto", import.meta.url);
const ONE_AFTER_ANOTHER = { users: 1, think_time: "1s", grace: "30s", thresholds: ["error_rate < 1%"] };

/** june-load's own memory stayed far below what it was sent. */
function staysBelow(bytes: number): (came: Came) => void {
  return ({ run }) => {
    const most = Math.max(0, ...(run?.host.column("own_memory_bytes") ?? []).map(Number));
    assert.ok(most < bytes, `june-load took ${Math.round(most / MEBI)} MiB`);
  };
}

/** So many bytes of text, in pieces. */
function text(bytes: number): ReadableStream<Uint8Array<ArrayBuffer>> {
  const piece = new TextEncoder().encode("error ".repeat(MEBI / 8)).subarray(0, MEBI / 2);
  let left = bytes;
  return new ReadableStream({
    pull(controller) {
      if (left <= 0) return controller.close();
      left -= piece.length;
      controller.enqueue(piece);
    },
  });
}

/** A megabyte in fields of 16,000 letters. */
const MEGABYTE = Object.fromEntries(Array.from({ length: 66 }, (_, i) => [`x-much-${i}`, "m".repeat(16_000)]));

/** Services that send far too much. */
export const FLOOD_ROWS: readonly Row[] = [
  {
    title: "1 GB of error text",
    how: "status 500 with a body of 1 GiB, over HTTP/1.1",
    long: true,
    plant: (place) => {
      const host = http(place, () => new Response(text(1024 * MEBI), { status: 500 }));
      return {
        file: exchanges({ protocol: "rest", host, timeout: "60s", exchanges: [{ path: "/x" }] }, ONE_AFTER_ANOTHER),
        flags: ["--no-preflight"],
      };
    },
    expect: {
      exit: [99],
      blames: ["the service"],
      outcomes: { ok: "none", failed: "some", timed_out: "none" },
      says: [/HTTP 500/],
      check: staysBelow(600 * MEBI),
    },
  },
  {
    title: "error text without an end",
    how: "status 500 with a body that goes on for ever",
    plant: (place) => {
      const host = http(place, () => new Response(text(Infinity), { status: 500 }));
      return {
        file: exchanges({ protocol: "rest", host, timeout: "1s", exchanges: [{ path: "/x" }] }, ONE_AFTER_ANOTHER),
        flags: ["--no-preflight"],
      };
    },
    expect: {
      exit: [99],
      blames: ["the service"],
      outcomes: { ok: "none" },
      says: [/HTTP 500|DEADLINE_EXCEEDED|timed out/],
      check: staysBelow(600 * MEBI),
    },
  },
  {
    title: "message of 100 MB over gRPC",
    how: "one reply of 100 MiB, from a server of grpc-js",
    async plant(place) {
      const server = await grpcJsServer.start();
      place.later(() => server.kill());
      await Deno.writeTextFile(`${place.dir}/interop.proto`, readFileSync(INTEROP, "utf8"));
      const exchange = { method: "grpc.testing.TestService/UnaryCall", message: { response_size: 100 * MEBI } };
      const service = { protocol: "grpc", host: server.target, protos: [`${place.dir}/interop.proto`] };
      return {
        file: exchanges({ ...service, timeout: "60s", exchanges: [exchange] }, ONE_AFTER_ANOTHER),
        flags: ["--no-preflight"],
      };
    },
    // 64 MiB are the most that june-load takes, sixteen times what gRPC's own clients do.
    expect: {
      exit: [99],
      blames: ["the service"],
      outcomes: { ok: "none", failed: "some", timed_out: "none" },
      says: [/RESOURCE_EXHAUSTED/, /longer than june-load's limit of 67108864 bytes/],
      check: staysBelow(600 * MEBI),
    },
  },
  {
    title: "message of 100 MB over HTTP",
    how: "one body of 100 MiB",
    long: true,
    plant: (place) => {
      const host = http(place, () => new Response(text(100 * MEBI)));
      return {
        file: exchanges({ protocol: "rest", host, timeout: "60s", exchanges: [{ path: "/x" }] }, ONE_AFTER_ANOTHER),
        flags: ["--no-preflight"],
      };
    },
    expect: {
      exit: [0],
      blames: ["nobody"],
      outcomes: { ok: "some", failed: "none", timed_out: "none" },
      says: [/^PASS/],
      check(came) {
        staysBelow(600 * MEBI)(came);
        assert.ok((came.run?.total().received_bytes ?? 0) >= 100 * MEBI, "the body was not read whole");
      },
    },
  },
  {
    title: "1 MB of metadata over gRPC",
    how: "a reply with 1 MB of headers, in HEADERS and CONTINUATION",
    async plant(place) {
      const host = await peer(place, ({ stream, send }) => send(longHeaders(stream, { ...REPLY, ...MEGABYTE })));
      return { file: chats(host, { scenario: { tasks: { "llm.generate": 1 } } }), flags: ["--no-preflight"] };
    },
    expect: {
      exit: [99],
      blames: ["the service"],
      outcomes: { ok: "none", failed: "some" },
      says: [/header/i],
      check: staysBelow(600 * MEBI),
    },
  },
  {
    title: "1 MB of metadata over HTTP",
    how: "a reply with 1 MB of headers, over HTTP/1.1",
    plant: (place) => {
      const host = http(place, () => new Response("ok", { headers: MEGABYTE }));
      return {
        file: exchanges({ protocol: "rest", host, exchanges: [{ path: "/x" }] }),
        flags: ["--no-preflight"],
      };
    },
    expect: {
      exit: [99],
      blames: ["the service"],
      outcomes: { ok: "none", failed: "some" },
      says: [/header/i],
      check: staysBelow(600 * MEBI),
    },
  },
];
