import assert from "node:assert/strict";
import fc from "fast-check";
import * as files from "../../lib/resources/machine_files.ts";

const STAT = `cpu  30 0 10 60 0 0 0 0 0 0
cpu0 20 0 5 25 0 0 0 0 0 0
cpu1 10 0 5 35 0 0 0 0 0 0
intr 123
`;

Deno.test("parseCoreTimes() reads core by core", () => {
  assert.deepEqual(files.parseCoreTimes(STAT).map(({ busy, total }) => [busy, total]), [[25, 50], [15, 50]]);
  assert.deepEqual(files.parseCoreTimes("cpu  1 2 3 4\n"), []);
});

Deno.test("parseTraffic() counts what leaves the machine, once", () => {
  const dev = `Inter-|   Receive                  |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo: 900 1 0 0 0 0 0 0 900 1 0 0 0 0 0 0
  eth0: 100 1 0 0 0 0 0 0 30 1 0 0 0 0 0 0
 ib0:200 1 0 0 0 0 0 0 40 1 0 0 0 0 0 0
docker0: 5000 1 0 0 0 0 0 0 7000 1 0 0 0 0 0 0
`;
  assert.deepEqual(files.parseTraffic(dev), { received: 300, sent: 70 });
  assert.equal(files.parseTraffic("  lo: 900 1 0 0 0 0 0 0 900 1 0 0 0 0 0 0\n"), null);
});

Deno.test("parseDiskWork() counts whole disks, not their partitions nor what is made of them", () => {
  const stats = `   7       0 loop0 9 0 9 9 9 9 9 9 9 9 9
 259       0 nvme0n1 10 0 100 5 20 0 300 6 0 40 11 0 0 0 0 0 0
 259       1 nvme0n1p1 10 0 100 5 20 0 300 6 0 40 11 0 0 0 0 0 0
   8       0 sda 1 0 8 1 2 0 16 1 0 7 2
 253       0 dm-0 10 0 100 5 20 0 300 6 0 40 11 0 0 0 0 0 0
`;
  assert.deepEqual(files.parseDiskWork(stats), {
    read_bytes: 108 * 512,
    written_bytes: 316 * 512,
    busy_ms: new Map([["nvme0n1", 40], ["sda", 7]]),
  });
  assert.equal(files.parseDiskWork(""), null);
});

Deno.test("parseRetransmits() finds the column by its name", () => {
  const snmp = "Ip: Forwarding RetransSegs\nIp: 1 99\nTcp: InSegs RetransSegs InErrs\nTcp: 5 7 0\n";
  assert.equal(files.parseRetransmits(snmp), 7);
  assert.equal(files.parseRetransmits("Tcp: InSegs\nTcp: 5\n"), null);
});

Deno.test("the parsers of small files read them, and null elsewhere", () => {
  assert.deepEqual(files.parseSockets("sockets: used 81\nTCP: inuse 15 orphan 0 tw 4 alloc 15 mem 0\n"), {
    used: 81,
    time_wait: 4,
  });
  assert.equal(files.parseLoad("14.70 11.24 7.35 20/219 20542\n"), 14.7);
  assert.equal(files.parseOpenFiles("1249\t0\t2466177\n"), 1249);
  assert.equal(files.parseSwapUsed("SwapTotal:   2048 kB\nSwapFree:    1024 kB\n"), 2 ** 20);
  assert.deepEqual(["45250\n", "-1", "999999", "hot", ""].map(files.parseTemperature), [
    45.25,
    -0.001,
    null,
    null,
    null,
  ]);
  assert.deepEqual(files.parseTaskTime("7 (wor) ker) S 1 7 7 0 -1 4194304 500 0 30 0 12 9 0"), {
    name: "wor) ker",
    ticks: 21,
  });
  for (const read of Object.values(files)) {
    assert.ok([null, "[]"].includes(JSON.stringify(read("")).replace("null", "") || null));
  }
});

Deno.test("the parsers yield finite numbers or null of any text", () => {
  fc.assert(
    fc.property(fc.string(), fc.constantFrom("Tcp: ", "cpu0 ", "eth0: ", "8 0 sda ", "sockets:"), (text, start) => {
      for (const read of Object.values(files)) {
        JSON.stringify(read(start + text), (_, value) => {
          assert.ok(typeof value !== "number" || Number.isFinite(value));
          return value;
        });
      }
    }),
  );
});
