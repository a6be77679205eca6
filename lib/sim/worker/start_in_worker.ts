/** Runs the simulator in a Web Worker, so that it never shares an event loop with virtual users. */
import { UserError } from "../../plan/errors.ts";
import type { SimulatorOptions } from "../options.ts";
import type { Simulator } from "../simulator.ts";
import type { FromSimulator, ToSimulator } from "./messages.ts";

/** A request to the worker that waits for its answer. */
interface Asked {
  resolve(message: FromSimulator): void;
  reject(error: Error): void;
}

/**
 * Starts the simulator in a worker of its own. The worker ends with `close`; if the worker dies of an error, all
 * requests fail with that error, and `onDeath` is called.
 * @throws {UserError} when a port is not available
 */
export async function startInWorker(
  options: Partial<SimulatorOptions> = {},
  onDeath: (error: Error) => void = () => {},
): Promise<Simulator> {
  const worker = new Worker(new URL("./simulator_worker.ts", import.meta.url), { type: "module" });
  const ask = asker(worker, onDeath);
  try {
    const { addresses, http_address } = expect(await ask({ kind: "start", options }), "started");
    return {
      addresses,
      http_address,
      stats: async () => expect(await ask({ kind: "stats" }), "stats").stats,
      close: async () => {
        try {
          expect(await ask({ kind: "close" }), "closed");
        } finally {
          worker.terminate();
        }
      },
    };
  } catch (error) {
    worker.terminate();
    throw error;
  }
}

/** The worker answers in order, so an answer belongs to the first waiting request. */
function asker(worker: Worker, onDeath: (error: Error) => void): (message: ToSimulator) => Promise<FromSimulator> {
  const waiting: Asked[] = [];
  let death: Error | null = null;
  worker.onmessage = (event: MessageEvent<FromSimulator>) => waiting.shift()?.resolve(event.data);
  worker.onerror = (event) => {
    event.preventDefault();
    const error = new Error(`The simulator's worker died: ${event.message}`);
    death = error;
    for (const asked of waiting.splice(0)) asked.reject(error);
    onDeath(error);
  };
  return (message) =>
    new Promise((resolve, reject) => {
      if (death !== null) return reject(death);
      waiting.push({ resolve, reject });
      worker.postMessage(message);
    });
}

function expect<K extends FromSimulator["kind"]>(
  message: FromSimulator,
  kind: K,
): Extract<FromSimulator, { kind: K }> {
  if (message.kind === "failed") throw failure(message.message, message.user);
  if (message.kind !== kind) throw new Error(`The simulator's worker answered "${message.kind}" instead of "${kind}"`);
  return message as Extract<FromSimulator, { kind: K }>;
}

function failure(message: string, user: UserError["kind"] | null): Error {
  return user === null ? new Error(message) : new UserError(user, message);
}
