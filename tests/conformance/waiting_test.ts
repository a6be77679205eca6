/**
 * What calls without a connection do, the same over every transport: one lost connection fails the calls on it and no more,
 * a service that is gone fails each user at the pace of attempts and with the reason, and a call that may wait waits.
 */
import assert from "node:assert/strict";
import { CHANNEL_DEFAULTS, type OpenChannel } from "../../lib/transport/channel.ts";
import { openGrpcJsChannel } from "../../lib/transport/grpc_js/grpc_js.ts";
import { openHttp } from "../../lib/transport/http/open.ts";
import { openWireChannel } from "../../lib/transport/wire/wire.ts";
import { openWebSocketService } from "../../lib/driver/websocket/open.ts";
import { newUser } from "../driver/call_start.ts";
import { call, socketService } from "../driver/websocket/bench.ts";
import { type Gate, openGate } from "./gate.ts";
import { run, spec } from "./recorder.ts";
import { okReply, withScriptedPeer } from "./scripted_peer.ts";

/** How a call ended. */
interface Ended {
  as: "ok" | "failed" | "timed_out";
  details: string;
}

/** Makes calls over one transport. */
interface Caller {
  /** @param user from 0 */
  call(user: number): Promise<Ended>;
  close(): Promise<void>;
}

interface Waits {
  waitForReady: boolean;
  timeout_ms: number;
}

interface Way {
  name: string;
  open(target: string, waits: Waits): Promise<Caller>;
  /** Runs a server that answers every call. */
  serve(body: (target: string) => Promise<void>): Promise<void>;
  /** Most failures of a user at once when its server goes; then one an attempt, where without a pace it would be hundreds. */
  most: number;
  /** A call that waited until its deadline tells why. */
  tellsWhy: boolean;
}

const USERS = 8;
/** Least time between two attempts that calls fail by; milliseconds. */
const LEAST_BETWEEN_MS = 500;

const overGrpc = (open: OpenChannel): Way["open"] => async (target, waits) => {
  const channel = open(target, { ...CHANNEL_DEFAULTS, waitForReady: waits.waitForReady });
  await channel.connect();
  return {
    async call() {
      const { status } = await run(channel, spec("EmptyCall"), new Uint8Array(), waits.timeout_ms);
      const as = status.code === 0 ? "ok" : status.origin === "deadline" ? "timed_out" : "failed";
      return { as, details: status.details };
    },
    close: () => channel.close(),
  };
};

const overHttp = (version: "1.1" | "2"): Way["open"] => async (target, { waitForReady, timeout_ms }) => {
  const connections = version === "2" ? 1 : USERS;
  const options = { tls: null, connections, connect_timeout_ms: 5000, version, transparentRetry: true, waitForReady };
  const channel = openHttp(target, options);
  await channel.connect();
  const request = { method: "GET", path: "/", headers: [], body: null };
  return {
    call: () =>
      new Promise((resolve) =>
        channel.request(request, timeout_ms, {
          sent() {},
          headers() {},
          data() {},
          end: ({ reason, details }) =>
            resolve({ as: reason === "complete" ? "ok" : reason === "deadline" ? "timed_out" : "failed", details }),
        })
      ),
    close: () => channel.close(),
  };
};

const overSocket: Way["open"] = async (target, { waitForReady, timeout_ms }) => {
  const plan = socketService(target, { sessions: "kept" }, { wait_for_ready: waitForReady, timeout_ms });
  const service = await openWebSocketService(plan);
  const users = Array.from({ length: USERS }, newUser);
  return {
    async call(user) {
      const { outcome, details } = await call(service, users[user]);
      return { as: outcome === "ok" || outcome === "timed_out" ? outcome : "failed", details };
    },
    close: () => service.close(),
  };
};

/** A server of HTTP/1.1, HTTP/2 and WebSocket. */
async function serveHttp(body: (target: string) => Promise<void>): Promise<void> {
  const stop = new AbortController();
  const listen = { hostname: "127.0.0.1", port: 0, signal: stop.signal, onListen() {}, onError: () => new Response() };
  const server = Deno.serve(listen, (request) => {
    if (request.headers.get("upgrade") !== "websocket") return new Response("hello");
    const { socket, response } = Deno.upgradeWebSocket(request);
    socket.onmessage = () => socket.readyState === WebSocket.OPEN && socket.send("hello");
    socket.onerror = () => {};
    return response;
  });
  try {
    await body(`127.0.0.1:${server.addr.port}`);
  } finally {
    stop.abort();
    await server.finished;
  }
}

const serveGrpc: Way["serve"] = (body) =>
  withScriptedPeer(({ stream, send }) => send(okReply(stream)).catch(() => {}), body);

const WAYS: readonly Way[] = [
  { name: "wire", open: overGrpc(openWireChannel), serve: serveGrpc, most: 3, tellsWhy: true },
  // It tries every 0.1 s at first, and does not tell why.
  { name: "grpc-js", open: overGrpc(openGrpcJsChannel), serve: serveGrpc, most: 15, tellsWhy: false },
  { name: "HTTP/1.1", open: overHttp("1.1"), serve: serveHttp, most: 3, tellsWhy: true },
  { name: "HTTP/2", open: overHttp("2"), serve: serveHttp, most: 3, tellsWhy: true },
  { name: "WebSocket", open: overSocket, serve: serveHttp, most: 3, tellsWhy: true },
];

/** Users without think time until `enough`; the calls of each, in order. */
async function crowd(caller: Caller, enough: (calls: Ended[][]) => boolean): Promise<Ended[][]> {
  const calls: Ended[][] = Array.from({ length: USERS }, () => []);
  const deadline_ms = performance.now() + 20_000;
  await Promise.all(calls.map(async (own, user) => {
    while (!enough(calls)) {
      assert.ok(performance.now() < deadline_ms, "the calls never ended as they should");
      own.push(await caller.call(user));
    }
  }));
  return calls;
}

const okOf = (calls: Ended[]) => calls.filter(({ as }) => as === "ok").length;
const badOf = (calls: Ended[]) => calls.filter(({ as }) => as !== "ok");

function waitingCases({ name, open, serve, most, tellsWhy }: Way): void {
  const test = (title: string, waits: Waits, body: (caller: Caller, gate: Gate) => Promise<void>) =>
    Deno.test({
      name: `${name}: ${title}`,
      sanitizeOps: false,
      sanitizeResources: false,
      fn: () =>
        serve(async (target) => {
          const gate = await openGate(target);
          const caller = await open(gate.address, waits);
          try {
            assert.equal((await caller.call(0)).as, "ok");
            await body(caller, gate);
          } finally {
            await caller.close();
            await gate.shut();
          }
        }),
    });

  test(
    "connections lost once fail each user at most once, and all go on",
    { waitForReady: false, timeout_ms: 10_000 },
    async (caller, gate) => {
      let cut_at: number[] | null = null;
      const calls = await crowd(caller, (calls) => {
        if (cut_at === null && calls.every((own) => okOf(own) > 2)) {
          cut_at = calls.map(okOf);
          gate.cut();
        }
        return cut_at !== null && calls.every((own, user) => okOf(own) > (cut_at?.[user] ?? 0) + 5);
      });
      for (const own of calls) assert.ok(badOf(own).length <= 1, JSON.stringify(badOf(own)));
    },
  );

  test(
    "a server that is gone fails each user at the pace of attempts, with the reason",
    { waitForReady: false, timeout_ms: 10_000 },
    async (caller, gate) => {
      await gate.shut();
      const began_ms = performance.now();
      const until_ms = began_ms + 1500;
      const calls = await crowd(
        caller,
        (calls) => performance.now() > until_ms && calls.every((own) => own.length > 1),
      );
      const allowed = most + (performance.now() - began_ms) / LEAST_BETWEEN_MS;
      for (const own of calls) {
        assert.equal(okOf(own), 0);
        assert.ok(own.length <= allowed, `${own.length} failures of one user`);
        assert.ok(own.every(({ as }) => as === "failed"), JSON.stringify(own));
        assert.match(own.at(-1)!.details, /refused/i);
      }
    },
  );

  test(
    "a call that may wait is answered by the server that came back, or tells why none did",
    { waitForReady: true, timeout_ms: 1000 },
    async (caller, gate) => {
      await gate.shut();
      const late = await crowd(caller, (calls) => calls.every((own) => own.some(({ as }) => as === "timed_out")));
      const why = late.flatMap(badOf).filter(({ as }) => as === "timed_out");
      if (tellsWhy) assert.match(why.at(-1)!.details, /deadline passed.*refused/i);
      await gate.open();
      const calls = await crowd(caller, (calls) => calls.every((own) => okOf(own) > 0));
      // At most the one that began before the server was back.
      for (const own of calls) assert.ok(badOf(own).every(({ as }) => as === "timed_out"), JSON.stringify(own));
    },
  );
}

for (const way of WAYS) waitingCases(way);
