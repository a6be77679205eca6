/** Services that die, stand still or break off. */
import assert from "node:assert/strict";
import { constant } from "../../../lib/sim/model/distribution.ts";
import { goaway } from "../../conformance/scripted_peer.ts";
import { STEADY } from "../../trust/kit/service.ts";
import { freeze, pause } from "../../trust/kit/processes.ts";
import { chats } from "../kit/loads.ts";
import type { Came, Row } from "../kit/row.ts";
import { peer, serve, serveThroughRelay, whole } from "../kit/services.ts";

const NOT_ASKED = ["--no-preflight"];
/** Only whole answers, as a scripted peer can give them. */
const UNARY = { scenario: { tasks: { "llm.generate": 1 } } };

/** Calls end well again before the load ends. */
function endedWell({ run }: Came): void {
  const last = run?.slots.filter(({ start_ms }) => start_ms >= run.load_end_ms - 2000) ?? [];
  const ok = last.flatMap(({ series }) => [...series.values()]).reduce((sum, { outcomes }) => sum + outcomes.ok, 0);
  assert.ok(ok > 0, "nothing was ok after the fault");
}

/** Services that die, stand still or break off. */
export const SERVICE_ROWS: readonly Row[] = [
  {
    title: "service killed",
    how: "SIGKILL to its process",
    async plant(place) {
      const { pid, addresses } = await serve(place);
      return { file: chats(addresses.llm), after_s: 1, act: async () => await Deno.kill(pid, "SIGKILL") };
    },
    expect: {
      exit: [99],
      blames: ["the service"],
      outcomes: { ok: "some", failed: "some", timed_out: "none" },
      says: [/UNAVAILABLE/, /nobody listens|refuse/i],
    },
  },
  {
    title: "service restarted",
    how: "SIGKILL, and a second later another process on its port",
    async plant(place) {
      const { pid, addresses } = await serve(place);
      const port = Number(addresses.llm.split(":")[1]);
      const act = async () => {
        Deno.kill(pid, "SIGKILL");
        await pause(1000);
        await serve(place, { ports: { llm: port, stt: 0, tts: 0 } });
      };
      return { file: chats(addresses.llm, { scenario: { duration: "10s" } }), after_s: 1, act };
    },
    expect: {
      exit: [99],
      blames: ["the service"],
      outcomes: { ok: "some", failed: "some" },
      says: [/UNAVAILABLE/],
      check: endedWell,
    },
  },
  {
    title: "service stalled for a while",
    how: "SIGSTOP for 1.5 s",
    async plant(place) {
      const { pid, addresses } = await serve(place);
      const thresholds = ["max(response_time) < 1s", "error_rate < 1%"];
      const load = { service: { timeout: "10s" }, scenario: { thresholds } };
      return { file: chats(addresses.llm, load), after_s: 1, act: () => freeze(pid, 1500) };
    },
    expect: {
      exit: [99],
      blames: ["the service"],
      outcomes: { ok: "some", failed: "none", timed_out: "none" },
      says: [/max response time/],
      check: endedWell,
    },
  },
  {
    title: "service stalled for ever",
    how: "SIGSTOP until the run is over",
    async plant(place) {
      const { pid, addresses } = await serve(place);
      place.later(() => Deno.kill(pid, "SIGCONT"));
      return { file: chats(addresses.llm), after_s: 1, act: async () => await Deno.kill(pid, "SIGSTOP") };
    },
    expect: {
      exit: [99],
      blames: ["the service"],
      outcomes: { ok: "some", timed_out: "some", failed: "none" },
      says: [/nothing answered from 0:0\d on/i],
    },
  },
  {
    title: "service slowed to 1 byte/s",
    how: "a relay passes its answers on byte by byte",
    async plant(place) {
      const relay = await serveThroughRelay(place);
      return { file: chats(relay.address), after_s: 1, act: async () => await relay.slow(1) };
    },
    expect: {
      exit: [99],
      blames: ["the service"],
      outcomes: { ok: "some", timed_out: "some", failed: "none" },
      says: [/DEADLINE_EXCEEDED|did not answer|got no answer|timed out/i],
    },
  },
  {
    title: "connections reset once",
    how: "a relay breaks all connections off with RST, once",
    async plant(place) {
      const relay = await serveThroughRelay(place);
      return { file: chats(relay.address), after_s: 1, act: async () => await relay.reset() };
    },
    expect: {
      exit: [99],
      blames: ["the service"],
      outcomes: { ok: "some", failed: "some", timed_out: "none" },
      says: [/UNAVAILABLE/, /reset/i],
      check: endedWell,
    },
  },
  {
    title: "connections reset often",
    how: "the same every 0.1 s, twenty times",
    async plant(place) {
      const relay = await serveThroughRelay(place);
      const act = async () => {
        for (let i = 0; i < 20; i++) {
          relay.reset();
          await pause(100);
        }
      };
      return { file: chats(relay.address), after_s: 1, act };
    },
    expect: {
      exit: [99],
      blames: ["the service"],
      outcomes: { ok: "some", failed: "some", timed_out: "none" },
      says: [/UNAVAILABLE/, /reset/i],
    },
  },
  {
    title: "GOAWAY without an error",
    how: "the service drains its connections every second",
    async plant(place) {
      const { addresses } = await serve(place, { faults: [{ kind: "goaway_every", every_ms: 1000, service: null }] });
      return { file: chats(addresses.llm) };
    },
    expect: {
      exit: [0],
      blames: ["nobody"],
      outcomes: { ok: "some", failed: "none", timed_out: "none", unfinished: "none" },
      says: [/^PASS/],
      check({ run }) {
        const moved = run?.slots.flatMap(({ connections }) =>
          connections.map((one) => one.reconnects_total + one.moves_total)
        );
        assert.ok(Math.max(0, ...moved ?? []) > 0, "no connection was replaced");
      },
    },
  },
  {
    title: "GOAWAY with an error",
    how: "every tenth request is answered by GOAWAY with INTERNAL_ERROR",
    async plant(place) {
      let seen = 0;
      const host = await peer(place, async ({ stream, send, close }) => {
        if (++seen % 10 > 0) return await send(whole(stream));
        await send(goaway(stream, 2, "out of memory"));
        close();
      });
      return { file: chats(host, UNARY), flags: NOT_ASKED };
    },
    expect: {
      exit: [99],
      blames: ["the service"],
      outcomes: { ok: "some", failed: "some", timed_out: "none" },
      says: [/INTERNAL_ERROR/, /out of memory/],
    },
  },
  {
    title: "ENHANCE_YOUR_CALM",
    how: "every tenth request is answered by GOAWAY with ENHANCE_YOUR_CALM, too_many_pings",
    async plant(place) {
      let seen = 0;
      const host = await peer(place, async ({ stream, send, close }) => {
        if (++seen % 10 > 0) return await send(whole(stream));
        await send(goaway(stream, 11, "too_many_pings"));
        close();
      });
      return { file: chats(host, UNARY), flags: NOT_ASKED };
    },
    expect: {
      exit: [99],
      blames: ["the service"],
      outcomes: { ok: "some", failed: "some", timed_out: "none" },
      says: [/ENHANCE_YOUR_CALM/, /too_many_pings/],
    },
  },
  {
    title: "endless stream",
    how: "the model never ends its answer",
    async plant(place) {
      const llm = { ...STEADY.llm, output_tokens: constant(1e9) };
      const { addresses } = await serve(place, { models: { ...STEADY, llm } });
      const scenario = { tasks: { "llm.chat_stream": 1 } };
      return { file: chats(addresses.llm, { service: { max_tokens: 1_000_000 }, scenario }) };
    },
    expect: {
      exit: [99],
      blames: ["the service"],
      outcomes: { ok: "none", timed_out: "some", failed: "none" },
      says: [/DEADLINE_EXCEEDED|timed out/i],
    },
  },
];
