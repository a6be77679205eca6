import assert from "node:assert/strict";
import { FrameWriter } from "../../../lib/transport/wire/frame_writer.ts";
import { toHex } from "./hex.ts";

Deno.test("take() hands over what was gathered while new frames go elsewhere", () => {
  const writer = new FrameWriter(8);
  writer.windowUpdate(0, 1);
  const first = writer.take();
  writer.reset(1, 8);
  assert.equal(toHex(first), "00000408000000000000000001");
  writer.give(first);
  const second = writer.take();
  writer.settingsAck();
  assert.equal(toHex(second), "00000403000000000100000008");
  assert.equal(toHex(writer.take()), "000000040100000000");
});

Deno.test("give() drops buffers that a burst made large", () => {
  const writer = new FrameWriter(8);
  writer.raw(new Uint8Array(600_000));
  writer.give(writer.take());
  writer.take();
  assert.equal(writer.reserve(1).length, 8);
});
