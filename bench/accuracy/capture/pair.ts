/** Puts the marks of calls beside what the kernel saw of them. */
import type { CallTrace } from "./trace.ts";
import type { WireConnection, WireStream } from "./streams.ts";

/** What is compared. */
export type MarkName =
  | "asked, after its instant"
  | "first byte out"
  | "chunk, after it was due"
  | "chunk out"
  | "first content in"
  | "gap"
  | "end"
  | "service time"
  | "leg's first content in"
  | "leg's end";

/** One mark of one call, both ways. */
export interface Compared {
  mark: MarkName;
  /** What june-load says less what the wire says; microseconds. */
  off_us: number;
  /** Both instants, where the mark is one: the wire's first where june-load was told, else june-load's. */
  from_us: number;
  to_us: number;
}

/** Which stream belongs to which call. */
export interface Pair<T> {
  call: T;
  stream: WireStream;
}

/**
 * Pairs calls with streams in the order in which they were sent: a connection numbers its streams as they are opened, and
 * each service has one connection. That the numbers of both agree is checked here, and by `assertSame` the numbers of
 * their messages.
 * @param sentAt when a call was sent
 * @throws {Error} when the service had several connections, or the numbers differ
 */
export function pairUp<T>(
  service: string,
  port: number,
  connections: readonly WireConnection[],
  calls: readonly T[],
  sentAt: (call: T) => number,
): Pair<T>[] {
  const used = connections.filter(({ server_port, streams }) => server_port === port && streams.length > 0);
  if (used.length > 1) throw new Error(`${service} had ${used.length} connections, so that calls cannot be told apart`);
  const streams = used[0]?.streams ?? [];
  if (streams.length !== calls.length) {
    throw new Error(`${calls.length} calls of ${service} were sent, and the capture has ${streams.length}`);
  }
  return calls.toSorted((a, b) => sentAt(a) - sentAt(b)).map((call, at) => ({
    call,
    stream: streams[at] as WireStream,
  }));
}

/**
 * Compares one call. Every message must be in both.
 * @throws {Error} when june-load and the wire do not have the same messages
 */
export function compareCall({ call, stream }: Pair<CallTrace>): Compared[] {
  assertSame("messages with content", call.content_us, stream.content_us, stream.id);
  if (call.chunks.length > 0) assertSame("chunks", call.chunks, stream.out_us, stream.id);
  return [
    ...compareAsking(call, stream),
    ...contents(call.content_us, stream.content_us),
    told("end", call.end_us, stream.end_us),
    span("service time", [call.sent_us, call.end_us], [stream.first_out_us, stream.end_us]),
  ];
}

/** The way out: what june-load itself is to keep, and what it says of it. */
export function compareAsking({ intended_us, sent_us, chunks }: CallTrace, stream: WireStream): Compared[] {
  const late = (mark: MarkName, due_us: number, out_us: number): Compared => ({
    mark,
    off_us: out_us - due_us,
    from_us: due_us,
    to_us: out_us,
  });
  const asked = chunks.length === 0 ? [late("asked, after its instant", intended_us, stream.first_out_us)] : [];
  return [
    ...asked,
    handed("first byte out", sent_us, stream.first_out_us),
    ...chunks.flatMap((chunk, at) => {
      const out_us = stream.out_us[at] as number;
      return [late("chunk, after it was due", chunk.due_us, out_us), handed("chunk out", chunk.sent_us, out_us)];
    }),
  ];
}

/** june-load says when it handed something over; then the kernel sees it. */
function handed(mark: MarkName, ours_us: number, wire_us: number): Compared {
  return { mark, off_us: ours_us - wire_us, from_us: ours_us, to_us: wire_us };
}

/** The kernel sees something; then june-load reads it. */
export function told(mark: MarkName, ours_us: number, wire_us: number): Compared {
  return { mark, off_us: ours_us - wire_us, from_us: wire_us, to_us: ours_us };
}

function contents(ours_us: readonly number[], wire_us: readonly number[]): Compared[] {
  return ours_us.map((at_us, index) => {
    const seen_us = wire_us[index] as number;
    if (index === 0) return told("first content in", at_us, seen_us);
    return span("gap", [ours_us[index - 1] as number, at_us], [wire_us[index - 1] as number, seen_us]);
  });
}

/** A length of time. The end that june-load noted later than it came by more is what it is off by. */
function span(mark: MarkName, ours: [number, number], wire: [number, number]): Compared {
  const off_us = ours[1] - ours[0] - (wire[1] - wire[0]);
  const worse = Math.abs(ours[1] - wire[1]) >= Math.abs(ours[0] - wire[0]) ? 1 : 0;
  return { mark, off_us, from_us: Math.min(ours[worse], wire[worse]), to_us: Math.max(ours[worse], wire[worse]) };
}

function assertSame(what: string, ours: ArrayLike<unknown>, wire: ArrayLike<unknown>, id: number): void {
  if (ours.length === wire.length) return;
  throw new Error(`june-load counts ${ours.length} ${what} of stream ${id}, and the capture has ${wire.length}`);
}
