import assert from "node:assert/strict";
import fc from "fast-check";
import { type FrameHandler, FrameReader } from "../../../lib/transport/wire/frame_reader.ts";
import { FrameWriter } from "../../../lib/transport/wire/frame_writer.ts";
import { ConnectionFault, ErrorCode, Flag, FrameType } from "../../../lib/transport/wire/frames.ts";
import { fromHex, toHex } from "./hex.ts";

/** Writes down what it is told. */
class Recorder implements FrameHandler {
  readonly log: string[] = [];
  data(id: number, bytes: Uint8Array, from: number, to: number, flow_bytes: number, ends: boolean): void {
    this.log.push(`data ${id} ${toHex(bytes.subarray(from, to))} flow ${flow_bytes}${ends ? " end" : ""}`);
  }
  headers(id: number, bytes: Uint8Array, from: number, to: number, ends: boolean): void {
    this.log.push(`headers ${id} ${toHex(bytes.subarray(from, to))}${ends ? " end" : ""}`);
  }
  reset(id: number, code: number): void {
    this.log.push(`reset ${id} ${code}`);
  }
  settings(bytes: Uint8Array, from: number, to: number): void {
    this.log.push(`settings ${toHex(bytes.subarray(from, to))}`);
  }
  settingsAck(): void {
    this.log.push("settings ack");
  }
  ping(bytes: Uint8Array, from: number, ack: boolean): void {
    this.log.push(`ping ${toHex(bytes.subarray(from, from + 8))}${ack ? " ack" : ""}`);
  }
  goaway(last: number, code: number, debug: Uint8Array): void {
    this.log.push(`goaway ${last} ${code} ${new TextDecoder().decode(debug)}`);
  }
  windowUpdate(id: number, increment: number): void {
    this.log.push(`window ${id} ${increment}`);
  }
  ignored(type: number): void {
    this.log.push(`ignored ${type}`);
  }
  streamFault(id: number, code: number): void {
    this.log.push(`fault ${id} ${code}`);
  }
}

const SETTINGS = "000000040000000000";

function read(hex: string): string[] {
  const recorder = new Recorder();
  const bytes = fromHex(SETTINGS + hex);
  const consumed = new FrameReader(recorder).read(bytes, 0, bytes.length);
  assert.equal(consumed, bytes.length);
  return recorder.log.slice(1);
}

function frame(type: number, flags: number, streamId: number, payload: string): string {
  const writer = new FrameWriter();
  writer.header(fromHex(payload).length, type, flags, streamId);
  return toHex(writer.take()) + payload;
}

function faults(hex: string, code: number): void {
  assert.throws(() => read(hex), (error) => error instanceof ConnectionFault && error.code === code, hex);
}

/** One of every frame, as a peer that keeps the rules may send them. */
function everyFrame(): Uint8Array {
  const writer = new FrameWriter(16);
  writer.settings([[4, 70_000], [0x77, 1]]);
  writer.settingsAck();
  writer.headers(1, fromHex("8801"), false, 16_384);
  writer.headers(3, new Uint8Array(40).fill(0xaa), true, 16);
  writer.raw(fromHex(frame(FrameType.DATA, Flag.PADDED, 1, "02cafe0000")));
  writer.raw(fromHex(frame(FrameType.DATA, Flag.END_STREAM, 1, "00")));
  writer.raw(
    fromHex(frame(FrameType.HEADERS, Flag.PADDED | Flag.PRIORITY | Flag.END_HEADERS, 5, "01000000000188ff")),
  );
  writer.ping(fromHex("0102030405060708"), 0, true);
  writer.windowUpdate(0, 5);
  writer.windowUpdate(7, 0x7fffffff);
  writer.reset(3, ErrorCode.CANCEL);
  writer.raw(fromHex(frame(FrameType.PRIORITY, 0, 9, "0000000010")));
  writer.raw(fromHex(frame(0x20, 0xff, 0, "abcd")));
  writer.goaway(7, ErrorCode.NO_ERROR, "bye");
  return writer.take().slice();
}

const EVERY_FRAME_LOG = [
  "settings 000400011170007700000001",
  "settings ack",
  "headers 1 8801",
  `headers 3 ${"aa".repeat(40)} end`,
  "data 1 cafe flow 5",
  "data 1 00 flow 1 end",
  "headers 5 88",
  "ping 0102030405060708 ack",
  "window 0 5",
  "window 7 2147483647",
  "reset 3 8",
  "ignored 2",
  "ignored 32",
  "goaway 7 0 bye",
];

Deno.test("read() hands on what FrameWriter wrote", () => {
  const recorder = new Recorder();
  const bytes = everyFrame();
  new FrameReader(recorder).read(bytes, 0, bytes.length);
  assert.deepEqual(recorder.log, EVERY_FRAME_LOG);
});

Deno.test("read() gives the same frames however the bytes are cut", () => {
  const bytes = everyFrame();
  const cuts = fc.array(fc.nat(bytes.length), { maxLength: 12 });
  fc.assert(fc.property(cuts, (places) => {
    const recorder = new Recorder();
    const reader = new FrameReader(recorder);
    let from = 0;
    for (const to of [...places, bytes.length].sort((a, b) => a - b)) from = reader.read(bytes, from, to);
    assert.equal(from, bytes.length);
    assert.deepEqual(recorder.log, EVERY_FRAME_LOG);
  }));
});

Deno.test("read() asks for SETTINGS first", () => {
  for (const hex of ["000000040100000000", frame(FrameType.PING, 0, 0, "0000000000000000"), frame(0x20, 0, 0, "")]) {
    const bytes = fromHex(hex);
    assert.throws(() => new FrameReader(new Recorder()).read(bytes, 0, bytes.length), ConnectionFault);
  }
});

Deno.test("read() refuses frames of a wrong size", () => {
  const { FRAME_SIZE_ERROR } = ErrorCode;
  faults(frame(FrameType.SETTINGS, 0, 0, "0004000000"), FRAME_SIZE_ERROR);
  faults(frame(FrameType.SETTINGS, Flag.ACK, 0, "000400000000"), FRAME_SIZE_ERROR);
  faults(frame(FrameType.PING, 0, 0, "00"), FRAME_SIZE_ERROR);
  faults(frame(FrameType.RST_STREAM, 0, 1, "00"), FRAME_SIZE_ERROR);
  faults(frame(FrameType.WINDOW_UPDATE, 0, 1, "0000000001"), FRAME_SIZE_ERROR);
  faults(frame(FrameType.GOAWAY, 0, 0, "0000000000"), FRAME_SIZE_ERROR);
  faults(frame(FrameType.DATA, Flag.PADDED, 1, ""), FRAME_SIZE_ERROR);
  faults(frame(FrameType.HEADERS, Flag.PRIORITY | Flag.END_HEADERS, 1, "00"), FRAME_SIZE_ERROR);
  faults("004001000000000001", FRAME_SIZE_ERROR); // one byte above the limit, told before the payload comes
  assert.deepEqual(read(frame(FrameType.PRIORITY, 0, 1, "00")), [`fault 1 ${FRAME_SIZE_ERROR}`]);
});

Deno.test("read() refuses frames on the wrong stream and wrong padding", () => {
  const { PROTOCOL_ERROR } = ErrorCode;
  for (const type of [0, 1, 2, 3, 5, 9]) faults(frame(type, Flag.END_HEADERS, 0, "00000000"), PROTOCOL_ERROR);
  for (const type of [4, 6, 7]) faults(frame(type, 0, 1, "0000000000000000"), PROTOCOL_ERROR);
  faults(frame(FrameType.PUSH_PROMISE, Flag.END_HEADERS, 1, "0000000288"), PROTOCOL_ERROR);
  faults(frame(FrameType.DATA, Flag.PADDED, 1, "0200"), PROTOCOL_ERROR);
  faults(frame(FrameType.HEADERS, Flag.PADDED | Flag.END_HEADERS, 1, "0288"), PROTOCOL_ERROR);
});

Deno.test("read() refuses a zero WINDOW_UPDATE for the connection and reports one for a stream", () => {
  faults(frame(FrameType.WINDOW_UPDATE, 0, 0, "80000000"), ErrorCode.PROTOCOL_ERROR);
  assert.deepEqual(read(frame(FrameType.WINDOW_UPDATE, 0, 3, "80000000")), ["fault 3 1"]);
});

Deno.test("read() lets nothing between HEADERS and their CONTINUATIONs", () => {
  const open = frame(FrameType.HEADERS, 0, 1, "88");
  faults(open + frame(FrameType.PING, 0, 0, "0000000000000000"), ErrorCode.PROTOCOL_ERROR);
  faults(open + frame(FrameType.CONTINUATION, Flag.END_HEADERS, 3, "88"), ErrorCode.PROTOCOL_ERROR);
  faults(open + frame(0x20, 0, 1, ""), ErrorCode.PROTOCOL_ERROR);
  faults(frame(FrameType.CONTINUATION, Flag.END_HEADERS, 1, "88"), ErrorCode.PROTOCOL_ERROR);
});

Deno.test("read() bounds header blocks in bytes and in frames", () => {
  const open = frame(FrameType.HEADERS, 0, 1, "88");
  faults(open + frame(FrameType.CONTINUATION, 0, 1, "").repeat(65), ErrorCode.ENHANCE_YOUR_CALM);
  faults(open + frame(FrameType.CONTINUATION, 0, 1, "00".repeat(16_384)).repeat(4), ErrorCode.ENHANCE_YOUR_CALM);
});

Deno.test("read() stops after stop()", () => {
  const recorder = new Recorder();
  const reader = new FrameReader(recorder);
  recorder.settingsAck = () => reader.stop();
  const bytes = everyFrame();
  assert.equal(reader.read(bytes, 0, bytes.length), 30);
  assert.equal(recorder.log.length, 1);
});
