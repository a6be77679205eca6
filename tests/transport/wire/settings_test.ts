import assert from "node:assert/strict";
import { ConnectionFault, ErrorCode } from "../../../lib/transport/wire/frames.ts";
import { Settings } from "../../../lib/transport/wire/settings.ts";
import { fromHex } from "./hex.ts";

function apply(hex: string): Settings {
  const settings = new Settings();
  const bytes = fromHex(hex);
  settings.apply(bytes, 0, bytes.length);
  return settings;
}

Deno.test("apply() takes values in order and ignores unknown ids", () => {
  const settings = apply("000300000064 000400100000 00030000000a 00ff00000001");
  assert.equal(settings.max_concurrent_streams, 10);
  assert.equal(settings.initial_window_size, 1_048_576);
  assert.equal(settings.max_frame_size, 16_384);
});

Deno.test("apply() refuses values out of range", () => {
  const cases: [string, number][] = [
    ["000200000002", ErrorCode.PROTOCOL_ERROR],
    ["000480000000", ErrorCode.FLOW_CONTROL_ERROR],
    ["000500003fff", ErrorCode.PROTOCOL_ERROR],
    ["000501000000", ErrorCode.PROTOCOL_ERROR],
  ];
  for (const [hex, code] of cases) {
    assert.throws(() => apply(hex), (error) => error instanceof ConnectionFault && error.code === code, hex);
  }
  assert.equal(apply("000500ffffff").max_frame_size, 16_777_215);
});
