/** Timeouts, messages, metadata: the values in gRPC's headers. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { decodeMetadata, encodeMetadata } from "../../../../lib/transport/wire/grpc/metadata.ts";
import { decodePercent, encodePercent } from "../../../../lib/transport/wire/grpc/percent.ts";
import { statusOfHttp, statusOfReset } from "../../../../lib/transport/wire/grpc/status_map.ts";
import { encodeTimeout } from "../../../../lib/transport/wire/grpc/timeout.ts";

const UNIT_MS: Record<string, number> = { u: 0.001, m: 1, S: 1000, M: 60_000, H: 3_600_000 };

Deno.test("encodeTimeout() writes what people expect", () => {
  const cases: [number, string][] = [
    [100, "100m"],
    [30_000, "30000m"],
    [0.5, "500u"],
    [1.5, "1500u"],
    [0, "1m"],
    [99_999_999, "99999999m"],
    [100_000_000, "100000S"],
    [1e12, "16666667M"],
    [1e20, "99999999H"],
  ];
  for (const [timeout_ms, text] of cases) assert.equal(encodeTimeout(timeout_ms), text);
});

Deno.test("encodeTimeout() never tells less time than there is, in at most eight digits", () => {
  fc.assert(fc.property(fc.double({ min: 1e-6, max: 1e14, noNaN: true }), (timeout_ms) => {
    const [, digits, unit] = /^(\d{1,8})([umSMH])$/.exec(encodeTimeout(timeout_ms))!;
    const told_ms = Number(digits) * UNIT_MS[unit!]!;
    assert.ok(told_ms >= timeout_ms * (1 - 1e-9), `${told_ms}`);
  }));
});

Deno.test("decodePercent() undoes encodePercent(), which writes printable ASCII only", () => {
  fc.assert(fc.property(fc.string({ unit: "grapheme" }), (text) => {
    const value = encodePercent(text);
    assert.match(value, /^[\x20-\x7e]*$/);
    assert.equal(decodePercent(value), text);
  }));
});

Deno.test("decodePercent() leaves what is no sequence as it is", () => {
  assert.equal(decodePercent("100% %zz %4"), "100% %zz %4");
  assert.equal(decodePercent("%41%e2%98%ba"), "A☺");
  assert.equal(decodePercent("\xe2\x98\xba"), "☺");
  assert.equal(decodePercent("%ff"), "�");
});

Deno.test("metadata comes back as it went, bytes for -bin keys", () => {
  const bytes = fc.uint8Array({ maxLength: 50 });
  fc.assert(fc.property(bytes, fc.stringMatching(/^[\x20-\x7e]*$/), (blob, text) => {
    const fields = encodeMetadata([["a-bin", blob], ["b", text]]);
    assert.ok(!fields[0]![1].includes("="));
    assert.deepEqual(fields.flatMap(([name, value]) => decodeMetadata(name, value)), [["a-bin", blob], ["b", text]]);
  }));
});

Deno.test("decodeMetadata() takes padded, joined and broken base64", () => {
  assert.deepEqual(decodeMetadata("x-bin", "AQ==,Ag"), [["x-bin", new Uint8Array([1])], [
    "x-bin",
    new Uint8Array([2]),
  ]]);
  assert.deepEqual(decodeMetadata("x-bin", "***"), [["x-bin", "***"]]);
});

Deno.test("encodeMetadata() refuses keys and values that gRPC does not allow", () => {
  for (const key of ["Upper", "a b", "", "grpc-timeout", ":path", "te", "content-type"]) {
    assert.throws(() => encodeMetadata([[key, "x"]]), /Cannot send metadata key/, key);
  }
  for (const value of ["ü", "a\nb", new Uint8Array(1)]) {
    assert.throws(() => encodeMetadata([["k", value]]), /Cannot send the value of metadata key "k"/);
  }
});

Deno.test("HTTP statuses and reset codes have the gRPC statuses the documents name", () => {
  const http = [[400, 13], [401, 16], [403, 7], [404, 12], [429, 14], [431, 13], [502, 14], [503, 14], [504, 14], [
    500,
    2,
  ], [200, 2]];
  for (const [from, to] of http) assert.equal(statusOfHttp(from!), to, `HTTP ${from}`);
  assert.deepEqual(Array.from({ length: 15 }, (_, code) => statusOfReset(code)), [
    ...[13, 13, 13, 13, 13, 2, 13, 14, 1, 13, 13, 8, 7, 2, 13],
  ]);
});
