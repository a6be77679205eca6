/** The one entry of a user pool's Web Worker. */
/// <reference lib="deno.worker" />
import { errorOf } from "../base/errors.ts";
import { UserError } from "../plan/errors.ts";
import { SHORTAGES } from "../plan/shortages.ts";
import { loadTransport } from "../transport/registry.ts";
import { ConnectError, LocalShortage } from "../transport/channel.ts";
import { Alarm } from "./alarm.ts";
import { PoolClock } from "./clock.ts";
import type { FromPool, ToPool } from "./messages.ts";
import { type Prepared, preparePool } from "./prepare.ts";
import { UserPool } from "./user_pool.ts";

let assignment: Extract<ToPool, { type: "prepare" }> | null = null;
let prepared: Prepared | null = null;
let pool: UserPool | null = null;
const alarm = new Alarm();

function send(message: FromPool): void {
  self.postMessage(message);
}

function fail(error: unknown): void {
  const { message, stack = "" } = errorOf(error);
  const user_error = userErrorOf(error);
  send({ type: "failed", message, stack, user_error });
}

/** What is the user's to mend; errors of inputs keep the kind that a service's have. */
function userErrorOf(error: unknown): Pick<UserError, "kind" | "message"> | null {
  if (error instanceof UserError) return { kind: "unreachable", message: error.message };
  if (!(error instanceof ConnectError)) return null;
  if (error instanceof LocalShortage) {
    return { kind: "config", message: `${error.message}: ${SHORTAGES[error.errno].remedy}` };
  }
  return { kind: "unreachable", message: `${error.message}; ${error.remedy}` };
}

async function take(message: ToPool): Promise<void> {
  switch (message.type) {
    case "time":
      return send({ type: "time", now_ms: performance.now() });
    case "prepare":
      assignment = message;
      if (message.scarce) await alarm.ready;
      prepared = await preparePool(
        message.plan,
        await loadTransport(message.plan.transport),
        message.inputs,
        message.absent,
      );
      // Users that think for a while can do without it for a second; arrivals are to be on time from the first.
      if (message.plan.loads.some(({ kind }) => kind === "open")) await alarm.ready;
      return send({ type: "ready" });
    case "start": {
      if (assignment === null || prepared === null) throw new Error("The pool was started before it was ready");
      const { plan, part, parts, causes } = assignment;
      const clock = new PoolClock(message.epoch_ms, alarm);
      pool = new UserPool(plan, part, parts, prepared, clock, (interval) => send({ type: "interval", interval }));
      pool.share(causes);
      await pool.run();
      return send({ type: "done" });
    }
    case "steer": {
      const late_us = pool?.steer(message) ?? 0;
      return late_us > 0 ? send({ type: "late", at_us: message.at_us, late_us }) : undefined;
    }
    case "stop":
      return pool?.stop();
    case "abort":
      return pool?.abort();
  }
}

self.onmessage = (event: MessageEvent<ToPool>) => void take(event.data).catch(fail);
// What is thrown out of a timer, as by inputs that can no longer be read.
self.addEventListener("error", (event) => {
  event.preventDefault();
  fail(event.error);
});
self.addEventListener("unhandledrejection", (event) => {
  event.preventDefault();
  fail(event.reason);
});
