/** `june-load __beside echo|neighbour`: the processes that a calibration starts. Both end with their standard input. */
import { buildCommand } from "@stricli/core";
import { UserError } from "../../plan/errors.ts";
import type { EchoAnswer } from "../../sim/echo/log.ts";
import { type CliContext, say } from "../context.ts";

/** How long the neighbour computes before it looks whether it is still wanted; milliseconds. */
const LOOK_MS = 20;

/** Hidden: no user needs it. */
export const besideCommand = buildCommand<Record<never, never>, [string], CliContext>({
  async func(_flags, part) {
    if (part === "echo") return await serveEcho(this);
    if (part === "neighbour") return await burn(this);
    throw new UserError("usage", "This command is for june-load calibrate, which starts it itself");
  },
  parameters: {
    positional: { kind: "tuple", parameters: [{ brief: "echo or neighbour", parse: String, placeholder: "part" }] },
  },
  docs: { brief: "A process that june-load calibrate starts" },
});

async function serveEcho(context: CliContext): Promise<void> {
  const [{ Echo }, { now_us }, { linesOf }] = await Promise.all([
    import("../../sim/echo/echo.ts"),
    import("../../sim/echo/log.ts"),
    import("../../calibrate/echo_process.ts"),
  ]);
  const echo = new Echo();
  const answer = (line: EchoAnswer) => say(context, JSON.stringify(line));
  answer({ port: await echo.listen() });
  for await (const question of linesOf(Deno.stdin.readable)) {
    answer(question === "take" ? { log: echo.take() } : { now_us: now_us() });
  }
  await echo.close();
}

/** Keeps one core busy. */
async function burn(context: CliContext): Promise<void> {
  let wanted = true;
  const ended = (async () => {
    for await (const _piece of Deno.stdin.readable);
    wanted = false;
  })();
  say(context, "busy");
  while (wanted) {
    const until_ms = performance.now() + LOOK_MS;
    while (performance.now() < until_ms);
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  await ended;
}
