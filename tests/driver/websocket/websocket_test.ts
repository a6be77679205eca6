import assert from "node:assert/strict";
import { openWebSocketService } from "../../../lib/driver/websocket/open.ts";
import { Opcode } from "../../../lib/transport/websocket/frames.ts";
import { ConnectError } from "../../../lib/transport/channel.ts";
import { UserError } from "../../../lib/plan/errors.ts";
import type { WebSocketExchange, WebSocketSettings } from "../../../lib/plan/protocols.ts";
import type { TokenSource } from "../../../lib/driver/core/tokens.ts";
import { say } from "../../transport/http/peers.ts";
import { serverFrame, utf8 } from "../../transport/websocket/frames.ts";
import { type RawSide, withRawSide, withSocketServer } from "../../transport/websocket/peers.ts";
import { call, CALL_TASK, HELLO, socketService, start, withSocket } from "./bench.ts";
import { newUser } from "../call_start.ts";

const text = (words: string): Uint8Array => serverFrame(Opcode.TEXT, utf8(words));

/** Reads the client's close, answers it and ends the connection, as servers are to do. */
async function untilClose(side: RawSide): Promise<void> {
  assert.equal((await side.frame()).opcode, Opcode.CLOSE);
  await side.send(serverFrame(Opcode.CLOSE, Uint8Array.of(3, 0xe8)));
}

Deno.test("an exchange opens a socket, sends, takes the answer and closes in order", async () => {
  const closed = Promise.withResolvers<void>();
  await withRawSide(async (side) => {
    await side.accept();
    const { opcode, payload } = await side.frame();
    assert.deepEqual([opcode, new TextDecoder().decode(payload)], [Opcode.TEXT, "hello"]);
    await side.send(text("good day"));
    await untilClose(side);
    closed.resolve();
  }, async (address) => {
    await withSocket(socketService(address), async (service) => {
      const end = await call(service);
      assert.deepEqual(end.names, ["sent", "content", "end"]);
      assert.deepEqual([end.outcome, end.sent_bytes, end.received_bytes], ["ok", 5, 8]);
      await closed.promise;
    });
  });
});

/** What one exchange was sent and how it ended, before a server that answers each message so. */
async function exchanged(given: Partial<WebSocketExchange>, answers: string[]) {
  const sent: unknown[] = [];
  let end: Awaited<ReturnType<typeof call>> | null = null;
  await withSocketServer((socket) => {
    socket.onmessage = ({ data }) => {
      sent.push(data);
      for (const answer of answers) socket.send(answer);
    };
  }, async (address) => {
    const settings = { exchanges: [{ ...HELLO, ...given }] };
    await withSocket(socketService(address, settings, { timeout_ms: 500 }), async (service) => {
      end = await call(service);
    });
  });
  return { sent, end: end as unknown as Awaited<ReturnType<typeof call>> };
}

const wants = (equals: string) => [{ path: "type", equals, matches: null }];

Deno.test("only a matching reply ends the exchange; those before it are counted and passed over", async () => {
  const answers = ['{"type":"note"}', "no JSON", '{"type":"response"}', '{"type":"late"}'];
  const { end } = await exchanged({ reply: wants("response") }, answers);
  assert.equal(end.outcome, "ok");
  assert.deepEqual(end.names, ["sent", "content", "content", "content", "end"]);
  assert.equal(end.received_bytes, answers.slice(0, 3).join("").length);
});

Deno.test("no matching reply in time is a timeout that says so", async () => {
  const { end } = await exchanged({ reply: wants("response") }, ['{"type":"note"}']);
  assert.deepEqual([end.outcome, end.type], ["timed_out", "DEADLINE_EXCEEDED"]);
  assert.match(end.details, /before a matching reply came/);
});

Deno.test("an error message fails the exchange at once, unless it is what the exchange waits for", async () => {
  const june = '{"type":"error","message":"Rate limit exceeded"}';
  const openai = '{"type":"error","error":{"message":"no such model"}}';
  for (const reply of [wants("response"), []]) {
    const { end } = await exchanged({ reply }, [june]);
    assert.deepEqual([end.outcome, end.type], ["failed", "semantic:error_message"]);
    assert.equal(end.details, "It answered with an error: Rate limit exceeded");
  }
  assert.match((await exchanged({ reply: wants("response") }, [openai])).end.details, /no such model/);
  assert.equal((await exchanged({ reply: wants("error") }, [june])).end.outcome, "ok");
  assert.equal((await exchanged({ reply: [] }, ['{"text":"no \\"error\\""}'])).end.outcome, "ok");
});

Deno.test("texts, JSON and clips are sent as the scenario has them", async () => {
  assert.deepEqual((await exchanged({ send: { kind: "text", text: "call {{seq}} ä" } }, ["x"])).sent, ["call 1 ä"]);
  const json = { kind: "json", value: { type: "text", n: "{{seq}}" } } as const;
  assert.deepEqual((await exchanged({ send: json }, ["x"])).sent, ['{"type":"text","n":1}']);
  const { sent: [wav], end } = await exchanged({ send: { kind: "clip", field: null } }, ["x"]);
  assert.ok(wav instanceof ArrayBuffer);
  assert.equal(new TextDecoder().decode(new Uint8Array(wav, 0, 4)), "RIFF");
  assert.equal(end.sent_bytes, wav.byteLength);
  assert.deepEqual(end.names, ["sent", "speech_end", "content", "end"]);
  const { sent: [message] } = await exchanged({ send: { kind: "clip", field: "audio_data" } }, ["x"]);
  const { type, audio_data } = JSON.parse(message as string);
  assert.equal(type, "audio");
  assert.equal(atob(audio_data).slice(0, 4), "RIFF");
});

Deno.test("what comes before the message was sent is no answer to it", async () => {
  await withRawSide(async (side) => {
    await side.accept(undefined, text("welcome"));
    await side.frame();
    await side.send(text("the answer is longer"));
    await untilClose(side);
  }, async (address) => {
    const keep: Partial<WebSocketSettings> = { sessions: "kept" };
    await withSocket(socketService(address, keep), async (service) => {
      assert.equal((await call(service, newUser())).received_bytes, "the answer is longer".length);
    });
  });
});

Deno.test("a kept session serves its user's exchanges, one after another, and pushes between them are nobody's", async () => {
  let opened = 0;
  await withSocketServer((socket) => {
    const number = ++opened;
    let count = 0;
    socket.onmessage = () => {
      socket.send(JSON.stringify({ type: "response", number, count: ++count }));
      socket.send('{"type":"pushed"}');
    };
  }, async (address) => {
    const settings = { sessions: "kept", exchanges: [{ ...HELLO, reply: wants("response") }] } as const;
    await withSocket(socketService(address, { ...settings, exchanges: [...settings.exchanges] }), async (service) => {
      // They draw the same numbers: only who they are tells them apart.
      const [ann, ben] = [newUser(0), newUser(1)];
      for (let count = 0; count < 3; count++) {
        const ends = await Promise.all([call(service, ann), call(service, ben)]);
        assert.deepEqual(ends.map(({ outcome }) => outcome), ["ok", "ok"]);
      }
      assert.equal(opened, 2);
      assert.equal(service.stats().connections, 2);
      // Arrivals of an open load have no user: they share what is idle.
      await call(service);
      await call(service);
      assert.equal(opened, 3);
    });
  });
});

Deno.test("a kept session that is lost fails the exchange in flight and is opened again for the next", async () => {
  let opened = 0;
  await withRawSide(async (side) => {
    const number = ++opened;
    await side.accept();
    await side.frame();
    if (number === 1) {
      await side.send(text("fine"));
      await side.frame();
      return side.send(serverFrame(Opcode.CLOSE, Uint8Array.of(3, 0xf3, ...utf8("restarting"))));
    }
    if (number === 2) return;
    await side.send(text("fine again"));
    await untilClose(side);
  }, async (address) => {
    await withSocket(socketService(address, { sessions: "kept" }), async (service) => {
      const ann = newUser();
      assert.equal((await call(service, ann)).outcome, "ok");
      const closed = await call(service, ann);
      assert.deepEqual([closed.outcome, closed.type], ["failed", "INTERNAL"]);
      assert.equal(closed.details, "The server closed the WebSocket with code 1011: restarting");
      const cut = await call(service, ann);
      assert.deepEqual([cut.outcome, cut.type], ["failed", "UNAVAILABLE"]);
      assert.match(cut.details, /The WebSocket was lost/);
      assert.equal((await call(service, ann)).outcome, "ok");
      assert.equal(service.stats().reconnects_total, 2);
    });
  });
});

Deno.test("after a timeout a kept session is not used again: a late reply would answer the wrong message", async () => {
  let opened = 0;
  await withRawSide(async (side) => {
    const number = ++opened;
    await side.accept();
    await side.frame();
    if (number === 1) return side.untilClosed();
    await side.send(text("in time"));
    await untilClose(side);
  }, async (address) => {
    const plan = socketService(address, { sessions: "kept" }, { timeout_ms: 100 });
    await withSocket(plan, async (service) => {
      const ann = newUser();
      assert.equal((await call(service, ann)).outcome, "timed_out");
      assert.equal((await call(service, ann)).received_bytes, "in time".length);
    });
  });
});

Deno.test("a refused handshake fails the exchange under its status, in plain words", async () => {
  const cases: [string, string, RegExp][] = [
    ["401 Unauthorized\r\ncontent-length: 0", "HTTP 401", /not opened: HTTP 401: the key is missing or not accepted/],
    ["404 Not Found\r\ncontent-length: 0", "HTTP 404", /HTTP 404: no such path/],
    ["429 Too Many Requests\r\nretry-after: 9\r\ncontent-length: 0", "HTTP 429", /try again after 9 s/],
    ["426 Upgrade Required\r\ncontent-length: 0", "HTTP 426", /another protocol or version/],
    ["200 OK\r\ncontent-length: 0", "HTTP 200", /answers as HTTP, not as a WebSocket/],
  ];
  for (const [reply, type, words] of cases) {
    await withRawSide(async (side) => {
      await side.request();
      await say(side.conn, `HTTP/1.1 ${reply}\r\n\r\n`);
    }, async (address) => {
      await withSocket(socketService(address), async (service) => {
        const end = await call(service);
        assert.deepEqual([end.outcome, end.type, end.names.join()], ["failed", type, "end"]);
        assert.match(end.details, words);
      });
    });
  }
});

Deno.test("a service that is gone or hangs fails each exchange as that; cancelling ends it", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const gone = `127.0.0.1:${listener.addr.port}`;
  listener.close();
  await withSocket(socketService(gone), async (service) => {
    await assert.rejects(service.connect(), ConnectError);
    const end = await call(service);
    assert.deepEqual([end.outcome, end.type], ["failed", "UNAVAILABLE"]);
    assert.match(end.details, /Nobody listens/);
  });
  await withRawSide((side) => side.untilClosed(), async (address) => {
    await withSocket(socketService(address, {}, { timeout_ms: 50 }), async (service) => {
      const end = await call(service);
      assert.deepEqual([end.outcome, end.sent_bytes], ["timed_out", 0]);
      assert.match(end.details, /before the WebSocket was open/);
    });
    await withSocket(socketService(address), async (service) => {
      const { marks, running } = start(service);
      running.cancel();
      running.cancel();
      assert.equal((await marks.over).outcome, "cancelled");
    });
  });
});

Deno.test("closing the service cancels what is in flight", async () => {
  await withRawSide(async (side) => {
    await side.accept();
    await side.untilClosed();
  }, async (address) => {
    const service = await openWebSocketService(socketService(address));
    const { marks } = start(service);
    await service.close();
    assert.equal((await marks.over).outcome, "cancelled");
  });
});

Deno.test("pings keep a session, and one that is not answered ends it", async () => {
  let pings = 0;
  await withRawSide(async (side) => {
    await side.accept();
    await side.frame();
    for (; pings < 3; pings++) {
      const { opcode, payload } = await side.frame();
      assert.equal(opcode, Opcode.PING);
      await side.send(serverFrame(Opcode.PONG, payload));
    }
    await side.untilClosed();
  }, async (address) => {
    await withSocket(socketService(address, { ping_ms: 20 }), async (service) => {
      const end = await call(service);
      assert.equal(pings, 3);
      assert.deepEqual([end.outcome, end.type], ["failed", "UNAVAILABLE"]);
      assert.equal(end.details, "The WebSocket was lost: it did not answer a ping within 20 ms");
    });
  });
});

Deno.test("a handshake carries the token of the moment; one that is refused is told to its source", async () => {
  const seen: (string | undefined)[] = [];
  let number = 1;
  const source: TokenSource = {
    ready: () => Promise.resolve(),
    token: () => number > 2 ? { missing: "There is no token" } : { authorization: `Bearer token-${number}` },
    rejected: () => void number++,
    close: () => Promise.resolve(),
  };
  await withRawSide(async (side) => {
    seen.push(/authorization: (.*)/.exec(await side.request())?.[1]);
    await say(side.conn, "HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\n\r\n");
  }, async (address) => {
    const service = await openWebSocketService(socketService(address), source);
    assert.equal((await call(service)).type, "HTTP 401");
    assert.equal((await call(service)).type, "HTTP 401");
    const third = await call(service);
    assert.deepEqual([third.type, third.details], ["UNAVAILABLE", "There is no token"]);
    await service.close();
  });
  assert.deepEqual(seen, ["Bearer token-1", "Bearer token-2"]);
});

Deno.test("its health is whether it opens", async () => {
  await withSocketServer(() => {}, async (address) => {
    await withSocket(socketService(address, { path: "/ws/{{uuid}}?key=x" }), async (service) => {
      await service.connect();
      assert.deepEqual(await service.health(1000), {
        state: "serving",
        asked: "WebSocket /ws/{{uuid}}",
        details: "it opens",
      });
    });
  });
  for (const [status, state] of [[404, "failed"], [401, "failed"], [503, "unhealthy"]] as const) {
    await withRawSide(async (side) => {
      await side.request();
      await say(side.conn, `HTTP/1.1 ${status} No\r\ncontent-length: 0\r\n\r\n`);
    }, async (address) => {
      await withSocket(socketService(address), async (service) => {
        const health = await service.health(1000);
        assert.equal(health.state, state);
        assert.match(health.details, new RegExp(`HTTP ${status}`));
      });
    });
  }
});

Deno.test("what cannot be sent is found out when the service is opened", async () => {
  const bad: Partial<WebSocketSettings>[] = [
    { path: "no slash" },
    { path: "/{{nothing}}" },
    { exchanges: [{ ...HELLO, send: { kind: "text", text: "{{nothing}}" } }] },
    { exchanges: [{ ...HELLO, reply: [{ path: "a[", equals: null, matches: null }] }] },
  ];
  for (const settings of bad) {
    await assert.rejects(openWebSocketService(socketService("127.0.0.1:1", settings)), UserError);
  }
  await withSocket(socketService("127.0.0.1:1"), (service) => {
    assert.throws(() => service.operation({ ...CALL_TASK, operation: "other" }, { kind: "call" }), TypeError);
    return Promise.resolve();
  });
});
