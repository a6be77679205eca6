import assert from "node:assert/strict";
import { listedPlaces, readGrpcTarget } from "../../lib/plan/grpc_target.ts";
import { parseTarget } from "../../lib/transport/target.ts";

/** Addresses as users of ghz, grpcurl and gRPC's libraries write them, and what june-load makes of them. */
const TARGETS: readonly (readonly [text: string, address: string])[] = [
  ["dns:///llm.example.net:50051", "llm.example.net:50051"],
  ["dns:llm.example.net:50051", "llm.example.net:50051"],
  ["dns:///llm.example.net", "llm.example.net:443"],
  ["dns:///[::1]:50051", "[::1]:50051"],
  ["passthrough:///10.0.0.1:50051", "10.0.0.1:50051"],
  ["passthrough:llm:50051", "llm:50051"],
  ["ipv4:10.0.0.1:50051", "10.0.0.1:50051"],
  ["ipv4:///10.0.0.1:50051", "10.0.0.1:50051"],
  ["ipv4:10.0.0.1:50051,10.0.0.2", "ipv4:10.0.0.1:50051,10.0.0.2:443"],
  ["ipv6:[::1]:50051", "[::1]:50051"],
  ["ipv6:::1", "[::1]:443"],
  ["ipv6:%5B2607:f8b0::ef%5D:443", "[2607:f8b0::ef]:443"],
  ["ipv6:[fd::1]:1,[fd::2]:2", "ipv6:[fd::1]:1,[fd::2]:2"],
  ["unix:///run/stt.sock", "unix:/run/stt.sock"],
];

Deno.test("gRPC's targets become addresses that every transport takes", () => {
  for (const [text, address] of TARGETS) {
    assert.deepEqual(readGrpcTarget(text, 443), { address }, text);
    assert.deepEqual(parseTarget(text), parseTarget(address), text);
  }
});

Deno.test("other addresses are left alone, also those of machines that are called like a scheme", () => {
  for (const text of ["llm:50051", "[::1]:50051", "unix:/run/stt.sock", "dns:50051", "ipv4:80", "https://a/b"]) {
    assert.equal(readGrpcTarget(text, 443), null, text);
  }
  assert.deepEqual(parseTarget("dns:50051"), { kind: "tcp", host: "dns", port: 50051 });
});

Deno.test("what cannot be taken is told with what to write", () => {
  const errorOf = (text: string) => {
    const read = readGrpcTarget(text, 50051);
    assert.ok(read !== null && "error" in read, text);
    return read.error;
  };
  assert.match(errorOf("dns://8.8.8.8/llm:50051"), /DNS server "8\.8\.8\.8".*write "llm:50051"/);
  assert.match(errorOf("ipv4:llm:50051"), /write addresses such as "ipv4:10\.0\.0\.1:50051"/);
  assert.match(errorOf("xds:///llm"), /scheme "xds"/);
  assert.match(errorOf("unix-abstract:llm"), /scheme "unix-abstract"/);
});

Deno.test("a list is taken apart again", () => {
  assert.deepEqual(listedPlaces("ipv4:10.0.0.1:1,10.0.0.2:2"), ["10.0.0.1:1", "10.0.0.2:2"]);
  assert.equal(listedPlaces("10.0.0.1:1"), null);
});
