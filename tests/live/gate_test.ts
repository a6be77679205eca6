/** The gate before the server: what it takes, whom it sends away, and that nobody else feels it. */
import assert from "node:assert/strict";
import { type Gate, type GateLimits, openGate } from "../../lib/live/gate/gate.ts";

/** A gate before a server that gives back what it gets. */
async function withGate(limits: Partial<GateLimits>, use: (gate: Gate) => Promise<void>): Promise<void> {
  const echo = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const serving = (async () => {
    for await (const one of echo) one.readable.pipeTo(one.writable).catch(() => {});
  })().catch(() => {});
  const gate = openGate(
    Deno.listen({ hostname: "127.0.0.1", port: 0 }),
    () => Deno.connect({ hostname: "127.0.0.1", port: echo.addr.port }),
    { connections: 8, head_ms: 60_000, idle_ms: 60_000, ...limits },
  );
  try {
    await use(gate);
  } finally {
    await gate.close();
    echo.close();
    await serving;
  }
}

const HEAD = "GET / HTTP/1.1\r\n\r\n";

async function connected(port: number, text: string): Promise<Deno.TcpConn> {
  const connection = await Deno.connect({ hostname: "127.0.0.1", port });
  await connection.write(new TextEncoder().encode(text));
  return connection;
}

async function heard(connection: Deno.Conn): Promise<string | null> {
  const bytes = new Uint8Array(1024);
  const read = await connection.read(bytes).catch(() => null);
  return read === null ? null : new TextDecoder().decode(bytes.subarray(0, read));
}

Deno.test("the gate passes bytes both ways, and ends what either side ends", () =>
  withGate({}, async (gate) => {
    const one = await connected(gate.port, HEAD);
    assert.equal(await heard(one), HEAD);
    await one.write(new TextEncoder().encode("more"));
    assert.equal(await heard(one), "more");
    one.close();
    while (gate.count > 0) await new Promise((resolve) => setTimeout(resolve, 5));
  }));

Deno.test("one connection too many takes the place of one that was never answered, not of one that was", () =>
  withGate({ connections: 4 }, async (gate) => {
    const answered = await connected(gate.port, HEAD);
    assert.equal(await heard(answered), HEAD);
    const silent: Deno.Conn[] = [];
    for (let i = 0; i < 12; i++) silent.push(await Deno.connect({ hostname: "127.0.0.1", port: gate.port }));
    for (const one of silent.slice(0, 9)) assert.equal(await heard(one), null, "sent away");
    assert.ok(gate.count <= 4);
    const late = await connected(gate.port, HEAD);
    assert.equal(await heard(late), HEAD, "whoever asks comes in");
    await answered.write(new TextEncoder().encode("still here"));
    assert.equal(await heard(answered), "still here");
    for (const one of [answered, late, ...silent]) one.close();
  }));

Deno.test("who does not end his head in time, or falls silent, is sent away", async () => {
  await withGate({ head_ms: 50 }, async (gate) => {
    const asked = await connected(gate.port, HEAD);
    assert.equal(await heard(asked), HEAD);
    const [none, half] = [await connected(gate.port, ""), await connected(gate.port, "GET / HTT")];
    assert.equal(await heard(none), null);
    assert.equal(await heard(half), "GET / HTT", "the server behind this one answers early");
    assert.equal(await heard(half), null);
    await asked.write(new TextEncoder().encode("on"));
    assert.equal(await heard(asked), "on", "it was on time");
    for (const one of [asked, none, half]) one.close();
  });
  await withGate({ idle_ms: 50 }, async (gate) => {
    const idle = await connected(gate.port, HEAD);
    assert.equal(await heard(idle), HEAD);
    assert.equal(await heard(idle), null);
    idle.close();
  });
});
