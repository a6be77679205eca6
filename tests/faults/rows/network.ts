/** Networks that lose, delay and refuse, and names and certificates that are wrong. */
import assert from "node:assert/strict";
import { startChild } from "../../conformance/servers/child.ts";
import { type Certificate, certificates } from "../../conformance/certificates.ts";
import { type Gate, openGate } from "../../end_to_end/tls_gate.ts";
import { delayAll, dropAll, hasRetransmitted, loseSome } from "../kit/network.ts";
import { chats } from "../kit/loads.ts";
import { openRelay } from "../kit/relay.ts";
import type { Place, Row } from "../kit/row.ts";
import { serve, serveInNetwork } from "../kit/services.ts";

const NO_LOAD = { exit: [3], blames: ["the service"], outcomes: null } as const;

/** A gate of TLS before the service, for the time of the row. */
async function gateTo(place: Place, address: string, shown: Certificate, port = 0): Promise<Gate> {
  const gate = await openGate(address, shown, null, port);
  place.later(() => gate.close());
  return gate;
}

/** Networks that lose, delay and refuse, and names and certificates that are wrong. */
export const NETWORK_ROWS: readonly Row[] = [
  {
    title: "half-open connections",
    how: "a filter in a network namespace drops every packet, and nobody is told",
    async plant(place) {
      const made = await serveInNetwork(place);
      if (typeof made === "string") return made;
      const { service, network } = made;
      const act = async () => assert.ok(await dropAll(network), "tc drops nothing");
      return { file: chats(service.addresses.llm), before: network.enter, after_s: 1, act };
    },
    expect: {
      exit: [99],
      blames: ["the service"],
      outcomes: { ok: "some", timed_out: "some" },
      says: [/nothing answered from 0:0\d on/i],
    },
  },
  {
    title: "packets lost",
    how: "one packet in ten is lost, by netem or a filter in a network namespace",
    async plant(place) {
      const made = await serveInNetwork(place);
      if (typeof made === "string") return made;
      const { service, network } = made;
      if (!await loseSome(network, 0.1)) return "the kernel has neither netem nor filters of packets";
      const scenario = { thresholds: ["error_rate < 1%"], duration: "6s" };
      const act = async () => assert.ok(await hasRetransmitted(network), "no packet was lost");
      const file = chats(service.addresses.llm, { service: { timeout: "20s" }, scenario });
      return { file, before: network.enter, after_s: 3, act };
    },
    expect: {
      exit: [0],
      blames: ["nobody"],
      outcomes: { ok: "some", failed: "none", timed_out: "none" },
      says: [/^PASS/],
    },
  },
  {
    title: "packets delayed",
    how: "every packet comes 150 ms later, by netem in a network namespace; without netem by a relay",
    long: true,
    async plant(place) {
      const thresholds = ["p95(response_time) < 400ms", "error_rate < 1%"];
      const load = { service: { timeout: "20s" }, scenario: { thresholds } };
      const made = await serveInNetwork(place);
      if (typeof made !== "string" && await delayAll(made.network, 150)) {
        return { file: chats(made.service.addresses.llm, load), before: made.network.enter };
      }
      const { addresses } = await serve(place);
      const relay = await openRelay(addresses.llm);
      place.later(() => relay.close());
      relay.delay(150);
      return { file: chats(relay.address, load) };
    },
    expect: {
      exit: [99],
      blames: ["the service"],
      outcomes: { ok: "some", failed: "none", timed_out: "none" },
      says: [/p95 response time/i],
    },
  },
  {
    title: "name that cannot be looked up",
    how: "the service's host is `no-such-host.invalid`",
    plant: () => ({ file: chats("no-such-host.invalid:50051") }),
    expect: { ...NO_LOAD, says: [/no-such-host\.invalid/, /no load was sent/] },
  },
  {
    title: "name that cannot be looked up, not asked before",
    how: "the same with `--no-preflight`",
    long: true,
    plant: () => ({ file: chats("no-such-host.invalid:50051"), flags: ["--no-preflight"] }),
    expect: {
      exit: [99],
      blames: ["the service"],
      outcomes: { ok: "none", failed: "some" },
      says: [/UNAVAILABLE/, /no-such-host\.invalid|name/],
    },
  },
  {
    title: "certificate expired in mid-run",
    how: "a gate of TLS shows another certificate from the second second on, and breaks its connections off",
    async plant(place) {
      const { server, expired, ca } = await certificates();
      const { addresses } = await serve(place);
      const gate = await gateTo(place, addresses.llm, server);
      const act = async () => {
        await gate.close();
        await gateTo(place, addresses.llm, expired, Number(gate.target.split(":")[1]));
      };
      return { file: chats(gate.target, { service: { tls: { ca: ca.cert_path } } }), after_s: 1, act };
    },
    expect: {
      exit: [99],
      blames: ["the service"],
      outcomes: { ok: "some", failed: "some" },
      says: [/UNAVAILABLE/, /expired/],
    },
  },
  {
    title: "wrong CA",
    how: "the service's certificate is of another CA than the one given",
    async plant(place) {
      const { server, other_ca } = await certificates();
      const { addresses } = await serve(place);
      const gate = await gateTo(place, addresses.llm, server);
      return { file: chats(gate.target, { service: { tls: { ca: other_ca.cert_path } } }) };
    },
    expect: { ...NO_LOAD, says: [/its CA is unknown here/, /no load was sent/] },
  },
  {
    title: "TLS 1.0",
    how: "`openssl s_server -tls1`",
    async plant(place) {
      const { server, ca } = await certificates();
      const files = ["-cert", server.cert_path, "-key", server.key_path];
      const old = await startChild(
        "openssl",
        ["s_server", "-accept", "127.0.0.1:0", "-tls1", "-cipher", "ALL:@SECLEVEL=0", ...files],
        (line) => Number(/^ACCEPT .*:(\d+)$/.exec(line)?.[1] ?? NaN) || null,
        (port) => `localhost:${port}`,
      ).catch((error: Error) => error.message);
      if (typeof old === "string") return `openssl does not speak TLS 1.0 here: ${old}`;
      place.later(() => old.kill());
      return { file: chats(old.target, { service: { tls: { ca: ca.cert_path } } }) };
    },
    expect: {
      ...NO_LOAD,
      says: [/no version of TLS that june-load does/, /Allow TLS 1\.2 or 1\.3/, /no load was sent/],
    },
  },
];
