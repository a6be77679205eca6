/** Connections that break, come back, are told to go, or run over a Unix socket. */
import assert from "node:assert/strict";
import { CHANNEL_DEFAULTS } from "../../lib/transport/channel.ts";
import { StatusCode } from "../../lib/transport/status.ts";
import { encode } from "./interop_messages.ts";
import { run, spec, start, untilStats } from "./recorder.ts";
import type { Context } from "./suite.ts";

/** Registers the cases. */
export function connectionCases(context: Context): void {
  const { test, open, starter, withChannel } = context;
  test("a call whose connection breaks is UNAVAILABLE; a returned server is used again", [], async () => {
    const first = await starter.start();
    await withChannel(first.target, {}, async (channel) => {
      const { call, recorder } = start(channel, spec("FullDuplexCall"), null);
      call.write(encode("StreamingOutputCallRequest", { response_parameters: [{ size: 1 }] }));
      await recorder.until(() => recorder.messages.length === 1);
      await first.kill();
      const lost = await recorder.ended;
      assert.deepEqual([lost.code, lost.origin], [StatusCode.UNAVAILABLE, "connection"], lost.details);
      const { status: refused } = await run(channel, spec("EmptyCall"), new Uint8Array(), 5000);
      assert.deepEqual([refused.code, refused.origin], [StatusCode.UNAVAILABLE, "connection"], refused.details);
      const second = await starter.start({ port: first.port });
      try {
        await untilAnswered(() => run(channel, spec("EmptyCall"), new Uint8Array(), 2000));
        assert.equal(channel.stats().reconnects_total, 1);
      } finally {
        await second.kill();
      }
    });
  });

  test("calls without a connect first open the connection themselves", [], async () => {
    const server = await starter.start();
    const channel = open(server.target, CHANNEL_DEFAULTS);
    try {
      const { status } = await run(channel, spec("EmptyCall"), new Uint8Array());
      assert.equal(status.code, 0, status.details);
    } finally {
      await channel.close();
      await server.kill();
    }
  });

  test("over a Unix socket", ["unix"], async () => {
    const folder = await Deno.makeTempDir();
    const server = await starter.start({ unix_path: `${folder}/s` });
    try {
      await withChannel(server.target, {}, async (channel) => {
        assert.equal((await run(channel, spec("EmptyCall"), new Uint8Array())).status.code, 0);
      });
    } finally {
      await server.kill();
      await Deno.remove(folder, { recursive: true });
    }
  });
  goawayCases(context);
}

function goawayCases({ test, starter, withChannel, traits }: Context): void {
  test("GOAWAY in mid-run: open calls finish, later ones use a new connection", ["max_connection_age"], async () => {
    const server = await starter.start({ max_connection_age_ms: 300 });
    try {
      await withChannel(server.target, {}, async (channel) => {
        const failed = await loadUntil(() => channel.stats().reconnects_total >= 2, async () => {
          const { status, recorder } = await run(channel, spec("EmptyCall"), new Uint8Array());
          assert.deepEqual(recorder.violations, []);
          return status;
        });
        // Without moves a stream above the last id of GOAWAY ends; nothing else may fail.
        const unexpected = failed.filter(({ code, origin }) =>
          traits.moves || code !== StatusCode.UNAVAILABLE || origin !== "connection"
        );
        assert.deepEqual(unexpected, []);
      });
    } finally {
      await server.kill();
    }
  });

  test("GOAWAY on an idle connection is survived", ["max_connection_age"], async () => {
    const server = await starter.start({ max_connection_age_ms: 200 });
    try {
      await withChannel(server.target, {}, async (channel) => {
        assert.equal((await run(channel, spec("EmptyCall"), new Uint8Array())).status.code, 0);
        await untilStats(channel, ({ connections, reconnects_total }) => connections === 0 || reconnects_total > 0);
        await untilAnswered(() => run(channel, spec("EmptyCall"), new Uint8Array(), 2000));
      });
    } finally {
      await server.kill();
    }
  });
}

/** Runs eight users of `call` until `done`; returns the statuses that are not OK. */
async function loadUntil<Ended extends { code: number }>(
  done: () => boolean,
  call: () => Promise<Ended>,
): Promise<Ended[]> {
  const failed: Ended[] = [];
  const deadline = performance.now() + 20_000;
  await Promise.all(Array.from({ length: 8 }, async () => {
    while (!done()) {
      assert.ok(performance.now() < deadline, "The connection was never replaced");
      const status = await call();
      if (status.code !== 0) failed.push(status);
    }
  }));
  return failed;
}

/** Repeats a call until it is answered OK; fails after 15 s. */
async function untilAnswered(call: () => Promise<{ status: { code: number; details: string } }>): Promise<void> {
  const deadline = performance.now() + 15_000;
  for (;;) {
    const { status } = await call();
    if (status.code === 0) return;
    assert.ok(performance.now() < deadline, `Never answered again: ${status.details}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
