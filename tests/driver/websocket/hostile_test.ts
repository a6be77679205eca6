import assert from "node:assert/strict";
import fc from "fast-check";
import { openWebSocketService } from "../../../lib/driver/websocket/open.ts";
import { closePayload, Opcode } from "../../../lib/transport/websocket/frames.ts";
import { serverFrame, utf8 } from "../../transport/websocket/frames.ts";
import { type RawSide, withRawSide } from "../../transport/websocket/peers.ts";
import { HELLO, socketService, start } from "./bench.ts";
import { newUser } from "../call_start.ts";

/** What a peer does next with a connection. */
type Deed =
  | { kind: "read" }
  | { kind: "send"; opcode: number; text: string; final: boolean }
  | { kind: "raw"; bytes: Uint8Array }
  | { kind: "close"; code: number }
  | { kind: "wait" };

const deed: fc.Arbitrary<Deed> = fc.oneof(
  { weight: 4, arbitrary: fc.constant<Deed>({ kind: "read" }) },
  { weight: 4, arbitrary: fc.constant<Deed>({ kind: "send", opcode: 1, text: '{"type":"response"}', final: true }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("send" as const),
      opcode: fc.constantFrom<number>(...Object.values(Opcode)),
      text: fc.constantFrom("", '{"type":"response"}', '{"type":"error"}', "no JSON"),
      final: fc.boolean(),
    }),
  },
  fc.record({ kind: fc.constant("raw" as const), bytes: fc.uint8Array({ maxLength: 20 }) }),
  fc.record({ kind: fc.constant("close" as const), code: fc.constantFrom(1000, 1005, 1011, 4000) }),
  fc.constant<Deed>({ kind: "wait" }),
);

/** Most peers hear the client out first. */
const script = fc.record({ hears: fc.integer({ min: 0, max: 3 }), deeds: fc.array(deed, { maxLength: 8 }) })
  .map(({ hears, deeds }): Deed[] => hears > 0 ? [{ kind: "read" }, ...deeds] : deeds);

async function act(side: RawSide, deeds: readonly Deed[]): Promise<void> {
  await side.accept();
  for (const one of deeds) {
    if (one.kind === "read") await side.frame();
    if (one.kind === "send") await side.send(serverFrame(one.opcode, utf8(one.text), { final: one.final }));
    if (one.kind === "raw") await side.send(one.bytes);
    if (one.kind === "close") await side.send(serverFrame(Opcode.CLOSE, closePayload(one.code, "")));
    if (one.kind === "wait") await new Promise((turn) => setTimeout(turn));
  }
}

Deno.test("whatever a peer does, each exchange ends once, in time, and the service closes", async () => {
  const property = fc.asyncProperty(
    fc.array(script, { minLength: 1, maxLength: 3 }),
    fc.constantFrom("kept", "per_exchange"),
    fc.array(fc.integer({ min: 0, max: 3 }).map((die) => die === 0), { minLength: 1, maxLength: 5 }),
    async (scripts, sessions, cancels) => {
      let opened = 0;
      await withRawSide((side) => act(side, scripts[opened++ % scripts.length] ?? []), async (address) => {
        const exchanges = [{ ...HELLO, reply: [{ path: "type", equals: "response", matches: null }] }];
        const settings = { sessions, exchanges, ping_ms: 5 } as const;
        const plan = socketService(address, { ...settings, exchanges: [...exchanges] }, { timeout_ms: 40 });
        const service = await openWebSocketService(plan);
        const user = newUser();
        for (const cancel of cancels) {
          const { marks, running } = start(service, user);
          if (cancel) running.cancel();
          const end = await marks.over;
          assert.equal(marks.names.filter((name) => name === "end").length, 1);
          assert.equal(end.outcome === "ok", end.type === "");
          assert.ok(end.details.length <= 220 && !end.details.includes("\n"), end.details);
        }
        await service.close();
        assert.deepEqual([service.stats().connections, service.stats().streams_in_flight], [0, 0]);
      });
    },
  );
  await fc.assert(property, { numRuns: 60 });
});
