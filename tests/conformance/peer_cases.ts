/** Replies a well-behaved server does not give: proxies, resets, farewells, missing and odd statuses. */
import assert from "node:assert/strict";
import { type Channel, CHANNEL_DEFAULTS, type OpenChannel, type StatusOrigin } from "../../lib/transport/channel.ts";
import { StatusCode } from "../../lib/transport/status.ts";
import { run, spec } from "./recorder.ts";
import {
  data,
  goaway,
  headers,
  okReply,
  type PeerRequest,
  PING,
  REPLY,
  reset,
  withScriptedPeer,
} from "./scripted_peer.ts";
import type { Traits } from "./suite.ts";

type Test = (
  title: string,
  answer: (request: PeerRequest) => unknown,
  body: (channel: Channel) => Promise<void>,
) => void;

/** Registers the cases. */
export function peerCases(name: string, open: OpenChannel, traits: Traits): void {
  const test: Test = (title, answer, body) =>
    Deno.test({
      name: `${name} with a scripted peer: ${title}`,
      sanitizeOps: false,
      sanitizeResources: false,
      fn: () =>
        withScriptedPeer(answer, async (target) => {
          const channel = open(target, CHANNEL_DEFAULTS);
          try {
            await channel.connect();
            await body(channel);
          } finally {
            await channel.close();
          }
        }),
    });
  replyCases(test);
  httpCases(test);
  resetCases(test, traits);
  farewellCases(test, traits);
}

/** Runs one empty unary call and compares how it ended. */
async function expectEnd(channel: Channel, codes: readonly number[], origin: StatusOrigin): Promise<string> {
  const { status, recorder } = await run(channel, spec("EmptyCall"), new Uint8Array(), 5000);
  assert.ok(codes.includes(status.code), `${status.code} ${status.details}`);
  assert.equal(status.origin, origin, status.details);
  assert.deepEqual(recorder.violations, []);
  return status.details;
}

function replyCases(test: Test): void {
  test(
    "a trailers-only reply brings no initial metadata",
    ({ stream, send }) => send(headers(stream, { ...REPLY, "grpc-status": "5", "grpc-message": "no%20such" }, true)),
    async (channel) => {
      const { status, recorder } = await run(channel, spec("EmptyCall"), new Uint8Array());
      assert.deepEqual([status.code, status.details, status.origin], [5, "no such", "server"]);
      assert.equal(recorder.initial, null);
    },
  );
  test(
    "a message cut into single bytes arrives whole",
    ({ stream, send }) =>
      send(
        headers(stream, REPLY),
        ...[0, 0, 0, 0, 3, 7, 8, 9].map((byte) => data(stream, [byte])),
        headers(stream, { "grpc-status": "0" }, true),
      ),
    async (channel) => {
      const { status, recorder } = await run(channel, spec("EmptyCall"), new Uint8Array());
      assert.equal(status.code, 0, status.details);
      assert.deepEqual(recorder.messages.map((bytes) => [...bytes]), [[7, 8, 9]]);
    },
  );
  test(
    "a status outside the table is UNKNOWN and keeps its number",
    ({ stream, send }) => send(headers(stream, { ...REPLY, "grpc-status": "99" }, true)),
    async (channel) => assert.match(await expectEnd(channel, [StatusCode.UNKNOWN], "server"), /99/),
  );
  test(
    "a reply without a status is a failure",
    ({ stream, send }) => send(headers(stream, REPLY), data(stream, [0, 0, 0, 0, 0], true)),
    async (channel) => {
      await expectEnd(channel, [StatusCode.UNKNOWN, StatusCode.INTERNAL], "server");
    },
  );
  test(
    "a compressed message without an encoding is a failure of ours to read it",
    ({ stream, send }) =>
      send(headers(stream, REPLY), data(stream, [1, 0, 0, 0, 0]), headers(stream, { "grpc-status": "0" }, true)),
    async (channel) => {
      const { status, recorder } = await run(channel, spec("EmptyCall"), new Uint8Array());
      assert.ok([StatusCode.INTERNAL, StatusCode.UNIMPLEMENTED].some((code) => code === status.code), status.details);
      assert.equal(status.origin, "local", status.details);
      assert.deepEqual(recorder.messages, []);
    },
  );
}

function httpCases(test: Test): void {
  const MAP = [[400, 13], [401, 16], [403, 7], [404, 12], [429, 14], [502, 14], [503, 14], [504, 14], [
    500,
    2,
  ]] as const;
  for (const [http, code] of MAP) {
    test(
      `a proxy's page with HTTP ${http} is status ${code}`,
      ({ stream, send }) =>
        send(
          headers(stream, { ":status": `${http}`, "content-type": "text/html" }),
          data(stream, [...new TextEncoder().encode("<html>sorry</html>")], true),
        ),
      async (channel) => assert.match(await expectEnd(channel, [code], "server"), new RegExp(`${http}`)),
    );
  }
}

function resetCases(test: Test, { moves }: Traits): void {
  const MAP = [[2, 13, "server"], [8, 1, "server"], [11, 8, "server"], [12, 7, "server"]] as const;
  for (const [reason, code, origin] of MAP) {
    test(
      `a stream reset with code ${reason} is status ${code}`,
      ({ stream, send }) => send(reset(stream, reason)),
      async (channel) => {
        await expectEnd(channel, [code], origin);
      },
    );
  }
  const REFUSED = 7;
  test(
    moves ? "a refused stream moves once" : "a refused stream ends the call",
    ({ stream, send }) => send(reset(stream, REFUSED)),
    async (channel) => {
      await expectEnd(channel, [StatusCode.UNAVAILABLE], "connection");
      assert.equal(channel.stats().moves_total, moves ? 1 : 0);
    },
  );
}

function farewellCases(test: Test, { moves }: Traits): void {
  test(
    "GOAWAY lets a stream up to its last id finish",
    ({ stream, send }) => send(goaway(stream), PING, okReply(stream)),
    async (channel) => {
      await expectEnd(channel, [0], "server");
      await expectEnd(channel, [0], "server");
    },
  );
  test(
    moves ? "GOAWAY below an open stream moves it" : "GOAWAY below an open stream ends it",
    ({ stream, send, connection }) => send(connection === 1 ? goaway(0) : okReply(stream)),
    async (channel) => {
      if (moves) await expectEnd(channel, [0], "server");
      else await expectEnd(channel, [StatusCode.UNAVAILABLE], "connection");
      assert.equal(channel.stats().moves_total, moves ? 1 : 0);
      await expectEnd(channel, [0], "server");
    },
  );
  test(
    "a connection closed inside a message ends the call",
    async ({ stream, send, close }) => {
      await send(headers(stream, REPLY), data(stream, [0, 0, 0, 0, 9, 1]));
      close();
    },
    async (channel) => {
      await expectEnd(channel, [StatusCode.UNAVAILABLE], "connection");
    },
  );
}
