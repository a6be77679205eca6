/** A browser's stream of events, without a browser. */

/** One event. */
export interface Heard {
  id: string | null;
  kind: string;
  // deno-lint-ignore no-explicit-any -- a test says itself what it expects
  data: any;
}

/** A stream that is open. */
export interface Listener {
  /** All so far but pings. */
  heard: Heard[];
  /** Resolves once one of all events is as wanted. */
  until(wanted: (event: Heard) => boolean): Promise<Heard>;
  /** Id of the last event; null: none has come. */
  last(): string | null;
  close(): Promise<void>;
}

/** Opens a stream; `last`: the id of the last event that was heard before. */
export async function listen(port: number, last: string | null = null): Promise<Listener> {
  const headers: Record<string, string> = last === null ? {} : { "last-event-id": last };
  const response = await fetch(`http://127.0.0.1:${port}/api/events`, { headers });
  if (response.status !== 200) throw new Error(`${response.status}: ${await response.text()}`);
  const heard: Heard[] = [];
  const waiters = new Set<() => void>();
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  const reading = read(reader, (event) => {
    if (event.kind !== "ping") heard.push(event);
    for (const waiter of [...waiters]) waiter();
  }).catch(() => {});
  return {
    heard,
    last: () => heard.findLast(({ id }) => id !== null)?.id ?? null,
    until: (wanted) =>
      new Promise((resolve) => {
        const look = () => {
          const found = heard.find(wanted);
          if (found === undefined) return;
          waiters.delete(look);
          resolve(found);
        };
        waiters.add(look);
        look();
      }),
    close: async () => {
      await reader.cancel();
      await reading;
    },
  };
}

async function read(reader: ReadableStreamDefaultReader<Uint8Array>, take: (event: Heard) => void): Promise<void> {
  const decoder = new TextDecoder();
  let text = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    text += decoder.decode(value, { stream: true });
    const events = text.split("\n\n");
    text = events.pop() ?? "";
    for (const one of events) {
      const field = (name: string) => new RegExp(`^${name}: (.*)$`, "m").exec(one)?.[1] ?? null;
      const data = field("data");
      if (data !== null) take({ id: field("id"), kind: field("event") ?? "message", data: JSON.parse(data) });
    }
  }
}
