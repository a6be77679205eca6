import assert from "node:assert/strict";
import { ConnectError } from "../../lib/transport/channel.ts";
import { parseTarget } from "../../lib/transport/target.ts";

Deno.test("parseTarget() reads names, IPv4, IPv6 and Unix sockets", () => {
  assert.deepEqual(parseTarget("gpu-1.lab:50051"), { kind: "tcp", host: "gpu-1.lab", port: 50051 });
  assert.deepEqual(parseTarget("127.0.0.1:1"), { kind: "tcp", host: "127.0.0.1", port: 1 });
  assert.deepEqual(parseTarget("[::1]:65535"), { kind: "tcp", host: "::1", port: 65535 });
  assert.deepEqual(parseTarget("unix:/run/stt.sock"), { kind: "unix", path: "/run/stt.sock" });
  assert.deepEqual(parseTarget("unix:///run/stt.sock"), { kind: "unix", path: "/run/stt.sock" });
});

Deno.test("parseTarget() refuses what has no host, no port or a port out of range", () => {
  const wrong = [
    "",
    "localhost",
    ":50051",
    "localhost:",
    "localhost:0",
    "localhost:65536",
    "::1:50051",
    "[::1]",
    "unix:",
  ];
  for (const target of [...wrong, "http://localhost:50051", "unix:relative", "a b:1", "localhost:5x"]) {
    assert.throws(
      () => parseTarget(target),
      (error) => error instanceof ConnectError && error.message.includes(`"${target}"`) && error.remedy !== "",
      target,
    );
  }
});
