/** Stalls of real threads: who stood still is told from what each of them saw. */
import assert from "node:assert/strict";
import type { StallData } from "../../../lib/measure/interval.ts";
import type { Pause } from "../../../lib/run/heartbeat.ts";
import { type KnownStall, type StallKind, stallKinds } from "../../../lib/run/stall_kind.ts";

const CHILD = new URL("./child.ts", import.meta.url).pathname;
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

interface Child {
  pid: number;
  ask(order: string): Promise<unknown>;
}

/** What stood still for 200 ms or more since the last look; a busy machine adds shorter ones. */
async function look(child: Child): Promise<KnownStall[]> {
  // Everybody beats every 50 ms, so that after this all of it has been seen.
  await wait(150);
  const { stalls, pauses } = await child.ask("take") as { stalls: StallData[]; pauses: Pause[] };
  return stallKinds(stalls, pauses, 1).filter(({ length_ms }) => length_ms >= 200);
}

/** Does something until it is seen as the only stall, of one kind: on a busy machine the other threads may wait as well. */
async function sees(child: Child, kind: StallKind, act: () => Promise<unknown>): Promise<KnownStall> {
  const seen: StallKind[][] = [];
  for (let attempt = 0; attempt < 5; attempt++) {
    await look(child);
    await act();
    const stalls = await look(child);
    if (stalls.length === 1 && stalls[0]?.kind === kind) return stalls[0];
    seen.push(stalls.map((stall) => stall.kind));
  }
  assert.fail(`no ${kind}, but ${JSON.stringify(seen)}`);
}

async function withChild(body: (child: Child) => Promise<void>): Promise<void> {
  const command = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "--quiet", CHILD],
    stdin: "piped",
    stdout: "piped",
  });
  const process = command.spawn();
  const writer = process.stdin.getWriter();
  const reader = process.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  const answer = async () => {
    while (!rest.includes("\n")) rest += (await reader.read()).value ?? assert.fail("the child has ended");
    const line = rest.slice(0, rest.indexOf("\n"));
    rest = rest.slice(line.length + 1);
    return JSON.parse(line) as unknown;
  };
  try {
    assert.equal(await answer(), "ready");
    const ask = async (order: string) => {
      await writer.write(new TextEncoder().encode(`${order}\n`));
      return await answer();
    };
    await body({ pid: process.pid, ask });
  } finally {
    await writer.close();
    await reader.cancel();
    await process.status;
  }
}

Deno.test({
  name: "a blocked worker, a blocked main thread and a stopped process are told apart",
  ignore: Deno.build.os === "windows",
  fn: () =>
    withChild(async (child) => {
      await sees(child, "worker_stalled", () => child.ask("block the worker"));
      await sees(child, "main_stalled", () => child.ask("block the main thread"));
      const stopped = await sees(child, "process_stalled", async () => {
        Deno.kill(child.pid, "SIGSTOP");
        await wait(400);
        Deno.kill(child.pid, "SIGCONT");
      });
      assert.equal(stopped.starved, true, "the alarm's thread overslept");
    }),
});
