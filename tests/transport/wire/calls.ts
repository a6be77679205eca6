/** Calls for tests of the engine: everything a call told, and what it must never tell. */
import assert from "node:assert/strict";
import {
  type Channel,
  CHANNEL_DEFAULTS,
  type ChannelOptions,
  type ClientCall,
  type MethodSpec,
  type Status,
} from "../../../lib/transport/channel.ts";
import { openWireChannel } from "../../../lib/transport/wire/wire.ts";

export const UNARY: MethodSpec = { path: "/t.T/Unary", request_stream: false, reply_stream: false, metadata: [] };
export const SERVER_STREAM: MethodSpec = { ...UNARY, path: "/t.T/Server", reply_stream: true };
export const CLIENT_STREAM: MethodSpec = { ...UNARY, path: "/t.T/Client", request_stream: true };
export const BIDI: MethodSpec = { ...SERVER_STREAM, path: "/t.T/Bidi", request_stream: true };

/** How a call ended, and what came before. */
export interface Outcome {
  readonly status: Status;
  readonly messages: number[][];
  readonly sents: number;
}

/** A running call. */
export interface Running {
  readonly call: ClientCall;
  readonly messages: number[][];
  readonly ended: Promise<Outcome>;
  drains: number;
}

/** Starts a call; fails the test when `end` comes twice or something comes after it. */
export function start(channel: Channel, spec: MethodSpec, request: Uint8Array | null, timeout_ms = 5000): Running {
  const { promise: ended, resolve, reject } = Promise.withResolvers<Outcome>();
  const messages: number[][] = [];
  let sents = 0;
  let over = false;
  const live = (what: string) => {
    if (over) reject(new Error(`${what} after the end`));
  };
  const running: Omit<Running, "call"> = { messages, ended, drains: 0 };
  const call = channel.method(spec).start(request, timeout_ms, {
    sent() {
      live("sent");
      if (++sents > 1) reject(new Error("sent twice"));
    },
    headers: () => live("headers"),
    message(bytes) {
      live("message");
      messages.push([...bytes.subarray(0, 64)]);
    },
    drain() {
      live("drain");
      running.drains++;
    },
    end(status) {
      live("end");
      over = true;
      // A second end would come within this turn or the next.
      setTimeout(() => resolve({ status, messages, sents }));
    },
  });
  return Object.assign(running, { call });
}

/** Runs a unary call with a request of one byte. */
export function unary(channel: Channel, timeout_ms = 5000): Promise<Outcome> {
  return start(channel, UNARY, new Uint8Array([1]), timeout_ms).ended;
}

/** Opens a connected channel, hands it over and closes it. */
export async function withChannel(
  target: string,
  body: (channel: Channel) => Promise<void>,
  options: Partial<ChannelOptions> = {},
): Promise<void> {
  const channel = openWireChannel(target, { ...CHANNEL_DEFAULTS, ...options });
  try {
    await channel.connect();
    await body(channel);
  } finally {
    await channel.close();
  }
}

/** Compares how a call ended. */
export function endedWith({ status }: Outcome, code: number, origin: Status["origin"], details = /./): void {
  assert.deepEqual([status.code, status.origin], [code, origin], status.details);
  assert.match(status.details, details);
}

/** Waits until `reached` holds; fails after 5 s. */
export async function eventually(reached: () => boolean, what: string): Promise<void> {
  const limit_ms = performance.now() + 5000;
  while (!reached()) {
    assert.ok(performance.now() < limit_ms, what);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
