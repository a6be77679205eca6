/** The context of every command: output streams, environment and exit code. */
import type { CommandContext } from "@stricli/core";
import { createRedactor } from "../plan/redact.ts";

/** A stream of text. */
export interface TextStream {
  write(text: string): void;
}

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
 * The context of this process. A closed pipe (`| head`) is no error. Standard error, which gets all error messages, hides
 * secrets, because messages may quote a secret that the user wrote in the wrong place.
 */
export function processContext(): CliContext {
  const env = Deno.env.toObject();
  const hide = createRedactor(env);
  const encoder = new TextEncoder();
  const stream = (out: { writeSync(bytes: Uint8Array): number }, filter: (text: string) => string): TextStream => ({
    write: (text) => {
      const bytes = encoder.encode(filter(text));
      try {
        for (let at = 0; at < bytes.length;) at += out.writeSync(bytes.subarray(at));
      } catch (error) {
        if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
      }
    },
  });
  return {
    process: {
      stdout: stream(Deno.stdout, (text) => text),
      stderr: stream(Deno.stderr, hide),
      env,
      exitCode: null,
    },
  };
}
