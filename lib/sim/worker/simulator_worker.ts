/** Entry of the worker that runs the simulator; see `start_in_worker.ts`. */
/// <reference lib="deno.worker" />
import { UserError } from "../../plan/errors.ts";
import { type Simulator, startSimulator } from "../simulator.ts";
import type { FromSimulator, ToSimulator } from "./messages.ts";

let simulator: Simulator | null = null;

async function answer(message: ToSimulator): Promise<FromSimulator> {
  try {
    switch (message.kind) {
      case "start":
        simulator = await startSimulator(message.options);
        return { kind: "started", addresses: simulator.addresses, http_address: simulator.http_address };
      case "stats":
        if (simulator === null) throw new Error("The simulator was asked for its counters before it was started");
        return { kind: "stats", stats: await simulator.stats() };
      case "close":
        await simulator?.close();
        return { kind: "closed" };
    }
  } catch (error) {
    const user = error instanceof UserError ? error.kind : null;
    return { kind: "failed", message: (error as Error).message, user };
  }
}

self.onmessage = async (event: MessageEvent<ToSimulator>) => {
  self.postMessage(await answer(event.data));
};
