/** The context of every command: output streams, environment and exit code. */
import type { CommandContext } from "@stricli/core";
import { createRedactor } from "../plan/redact.ts";
import { openTextStream, type TextStream } from "../ui/terminal/text_stream.ts";

/** The context of a command. */
export interface CliContext extends CommandContext {
  readonly process: {
    readonly stdout: TextStream;
    readonly stderr: TextStream;
    readonly env: Readonly<Record<string, string>>;
    /** Set by a command that ends normally but not with 0, e.g. after a failed verdict. */
    exitCode: number | string | null;
  };
}

/** Writes a line to standard output. */
export function say(context: CliContext, line: string): void {
  context.process.stdout.write(`${line}\n`);
}

/** Writes a line to standard error. */
export function warn(context: CliContext, line: string): void {
  context.process.stderr.write(`${line}\n`);
}

/**
 * The context of this process. Its streams never throw; `runCli` says what standard output could not take. Standard error,
 * which gets all error messages, hides secrets, because messages may quote a secret that the user wrote in the wrong place.
 */
export function processContext(): CliContext {
  const env = Deno.env.toObject();
  return {
    process: {
      stdout: openTextStream(Deno.stdout),
      stderr: openTextStream(Deno.stderr, createRedactor(env)),
      env,
      exitCode: null,
    },
  };
}
