/**
 * A program to compile and run by itself: calls an interop server over the wire transport. Arguments: the target, and
 * `TlsOptions` as JSON. Prints how each call ended, as JSON.
 */
import { CHANNEL_DEFAULTS, type TlsOptions } from "../../lib/transport/channel.ts";
import { openWireChannel } from "../../lib/transport/wire/wire.ts";
import { run, spec } from "../conformance/recorder.ts";

/** SimpleRequest with `response_size` 70,000. Source: grpc/grpc-proto, grpc/testing/messages.proto. */
const UNARY = new Uint8Array([0x10, 0xf0, 0xa2, 0x04]);
/** StreamingOutputCallRequest with three `response_parameters`: `size` 1, 2 and 300. */
const STREAM = new Uint8Array([0x12, 2, 0x08, 1, 0x12, 2, 0x08, 2, 0x12, 3, 0x08, 0xac, 0x02]);

const [target = "", tls = "null"] = Deno.args;
const channel = openWireChannel(target, { ...CHANNEL_DEFAULTS, tls: JSON.parse(tls) as TlsOptions | null });
await channel.connect();
const ends = [];
for (const [name, request] of [["UnaryCall", UNARY], ["StreamingOutputCall", STREAM]] as const) {
  for (const gzip of [false, true]) {
    const { status, recorder } = await run(channel, { ...spec(name), gzip }, request);
    const { code, origin, details } = status;
    ends.push({ name, code, origin, details, lengths: recorder.messages.map(({ length }) => length) });
  }
}
await channel.close();
await Deno.stdout.write(new TextEncoder().encode(JSON.stringify(ends)));
