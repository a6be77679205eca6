/** What the echo saw and when: the other side's clock, by which june-load is judged. */

/** One call. Instants are microseconds since 1970 on a clock that never steps, the same for all processes of a host. */
export interface EchoCall {
  arrived_us: number;
  /** When each message was given to the connection; rising. */
  sent_us: number[];
  /** When each message of the client arrived; rising. */
  heard_us: number[];
}

/** The calls of each method, by its path, in the order in which they arrived. */
export type EchoLog = Record<string, EchoCall[]>;

/** A line that the echo writes. */
export type EchoAnswer =
  /** First line: where it listens. */
  | { port: number }
  /** What time it has. */
  | { now_us: number }
  /** What it saw since it was asked last. */
  | { log: EchoLog };

/** A line that it reads; the end of its input ends it. */
export type EchoQuestion = "time" | "take";

/** Now, on the clock of `EchoCall`. */
export function now_us(): number {
  return (performance.timeOrigin + performance.now()) * 1000;
}
