import assert from "node:assert/strict";
import { parseLocalPorts, type PortSources } from "../../lib/resources/ports.ts";

const HEAD = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when\n";
let lines = 0;
/** A line as the kernel writes it; ports in decimal. */
const socket = (port: number, address: string, peer: number, state: string) => {
  const hex = (number: number) => number.toString(16).toUpperCase().padStart(4, "0");
  return `${String(lines++).padStart(4)}: 0100007F:${hex(port)} ${address}:${hex(peer)} ${state} 00000000:00000000\n`;
};
const HERE = "0100007F";
const THERE = "0A00000A";
const OTHER = "0B00000A";
const ANY = "00000000";

function ports(tcp: string, more: Partial<PortSources> = {}) {
  const sources = { range: "50000\t50099\n", reserved: "\n", reuse: "2\n", sockets: () => [HEAD + tcp, null], ...more };
  const read = parseLocalPorts(sources);
  assert.ok(read !== null);
  return read;
}

Deno.test("the range less what is kept for other uses", () => {
  assert.equal(ports("").all, 100);
  assert.equal(ports("", { reserved: "8080,50000,50090-50120\n" }).all, 89);
  assert.equal(ports("", { range: "50099 50000" }).all, 0);
  assert.equal(parseLocalPorts({ range: null, reserved: "", reuse: "", sockets: () => [] }), null);
});

Deno.test("a connection takes its port toward its server alone, a bound socket for all", () => {
  const tcp = socket(50_001, THERE, 443, "01") + socket(50_002, THERE, 443, "01") + socket(50_001, OTHER, 443, "01") +
    socket(50_003, THERE, 80, "01") + socket(50_004, ANY, 0, "0A") + socket(60_000, THERE, 443, "01");
  const read = ports(tcp);
  assert.deepEqual([443, 80, 22].map((port) => read.takenFor(port)), [3, 2, 1]);
  assert.equal(ports(tcp, { reserved: "50002" }).takenFor(443), 2, "what is kept is not counted twice");
});

Deno.test("ports of connections that have ended count where the system gives them to no new one", () => {
  const tcp = socket(50_001, HERE, 80, "06") + socket(50_002, THERE, 80, "06") + socket(50_003, THERE, 80, "06");
  assert.deepEqual(["0", "1", "2"].map((reuse) => ports(tcp, { reuse }).takenFor(80)), [2, 0, 2]);
  const six = socket(50_001, "0000000000000000FFFF00000100007F", 80, "06") +
    socket(50_002, "00000000000000000000000001000000", 80, "06");
  assert.deepEqual(["0", "2"].map((reuse) => ports(six, { reuse }).takenFor(80)), [1, 0]);
});
