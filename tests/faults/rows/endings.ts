/** Runs that are ended from outside, and places to write to that are lost. */
import assert from "node:assert/strict";
import { pause } from "../../trust/kit/processes.ts";
import { chats } from "../kit/loads.ts";
import type { Came, Expected, Place, Row } from "../kit/row.ts";
import { serve } from "../kit/services.ts";

/** A run that is asked to end reports on what it had measured. */
const REPORTED: Expected = {
  exit: [130],
  blames: ["whoever ended it"],
  outcomes: { ok: "some", failed: "none", timed_out: "none", unfinished: "none" },
  says: [/trust, 0:0\d/],
  check: ({ run }) => assert.equal(run?.end?.reason, "stopped"),
};

function signalled(signal: Deno.Signal, words: string): Row {
  return {
    title: signal,
    how: words,
    async plant(place) {
      const { addresses } = await serve(place);
      const act = async ({ pid }: { pid: number }) => await Deno.kill(pid, signal);
      return { file: chats(addresses.llm, { scenario: { duration: "60s" } }), after_s: 1, act };
    },
    expect: REPORTED,
  };
}

function killed(when: string, after_s: number, more_ms: number): Row {
  return {
    ...(after_s > 2 && { long: true as const }),
    title: `kill -9 ${when}`,
    how: `SIGKILL ${more_ms} ms after second ${after_s} was written; then \`june-load report\``,
    async plant(place) {
      const { addresses } = await serve(place);
      const act = async ({ pid }: { pid: number }) => {
        await pause(more_ms);
        Deno.kill(pid, "SIGKILL");
      };
      return { file: chats(addresses.llm, { scenario: { duration: "60s" } }), after_s, act };
    },
    expect: {
      exit: [5],
      blames: ["whoever ended it"],
      outcomes: after_s === 0 ? {} : { ok: "some", failed: "none", timed_out: "none" },
      says: [/^INVALID/, /incomplete|broke off|ended without/i],
    },
  };
}

/** A disk of 48 KiB. */
async function smallDisk({ dir, later }: Place): Promise<string | null> {
  const disk = `${dir}/disk`;
  await Deno.mkdir(disk);
  const mount = new Deno.Command("mount", { args: ["-t", "tmpfs", "-o", "size=48k", "disk", disk], stderr: "null" });
  if (Deno.uid() !== 0 || !(await mount.output()).success) return null;
  later(() => new Deno.Command("umount", { args: [disk] }).output());
  return disk;
}

/** All that was measured is in the result, though it could not be shown. */
function isWhole({ run }: Came): void {
  assert.equal(run?.end?.reason, "completed");
}

/** What june-load prints goes to `where`. */
function printing(title: string, where: string, how: string): Row {
  return {
    title,
    how,
    async plant(place) {
      const { addresses } = await serve(place);
      return { file: chats(addresses.llm, { scenario: { duration: "2s" } }), before: `exec ${where}`, loud: true };
    },
    // The report is written: whoever reads it knows the verdict, and so does the exit code.
    expect: {
      exit: [0, 4],
      blames: ["nobody", "the output"],
      outcomes: { ok: "some", failed: "none", timed_out: "none", unfinished: "none" },
      says: [],
      check: isWhole,
    },
  };
}

/** Runs that are ended from outside, and places to write to that are lost. */
export const ENDING_ROWS: readonly Row[] = [
  signalled("SIGINT", "Ctrl-C, once"),
  signalled("SIGTERM", "as `kill`, containers and CI do"),
  signalled("SIGHUP", "as a terminal that is closed does"),
  killed("at once", 0, 0),
  killed("in mid-run", 1, 500),
  killed("at second four", 4, 100),
  {
    title: "disk full",
    how: "results go to a disk of 48 KiB",
    async plant(place) {
      const disk = await smallDisk(place);
      if (disk === null) return "a small disk needs root and mount";
      const { addresses } = await serve(place);
      return { file: chats(addresses.llm, { scenario: { duration: "60s" } }), out: disk };
    },
    expect: {
      exit: [4],
      blames: ["the output"],
      outcomes: { ok: "some", failed: "none", timed_out: "none" },
      says: [/the disk is full; free some space/, /What was written before is intact in/],
    },
  },
  {
    title: "output folder removed",
    how: "the folder of the results is moved away in mid-run",
    async plant(place) {
      const { addresses } = await serve(place);
      const out = `${place.dir}/out`;
      return {
        file: chats(addresses.llm, { scenario: { duration: "6s" } }),
        out,
        after_s: 1,
        // In one step: a removal might meet the folder that the run makes anew.
        act: () => Deno.rename(out, `${place.dir}/gone`),
      };
    },
    expect: {
      exit: [0],
      blames: ["nobody"],
      outcomes: { ok: "some", failed: "none", timed_out: "none", unfinished: "none" },
      says: [/was removed or replaced: the result goes on, whole, in/],
      check: isWhole,
    },
  },
  printing("standard output closed", ">&-", "`>&-`"),
  printing("standard output full", ">/dev/full", "`>/dev/full`"),
  {
    title: "terminal resized",
    how: "a terminal of 200 columns becomes one of 20, then of 1, in mid-run",
    async plant(place) {
      const has = new Deno.Command("sh", { args: ["-c", "command -v script && command -v stty"], stdout: "null" });
      if (!(await has.output()).success) return "a terminal needs script and stty";
      const { addresses } = await serve(place);
      const resize = async ({ pid }: { pid: number }) => {
        const terminal = await terminalBelow(pid);
        for (const columns of [20, 1, 80]) {
          await new Deno.Command("stty", { args: ["-F", terminal, "cols", `${columns}`, "rows", "5"] }).output();
          await pause(300);
        }
      };
      // The words of june-load's command line, for the shell that `script` starts.
      const inTerminal = `line=; for word in "$@"; do line="$line '$word'"; done; ` +
        `set -- script -qefc "stty cols 200 rows 50; exec $line" /dev/null`;
      return {
        file: chats(addresses.llm),
        before: inTerminal,
        loud: true,
        after_s: 1,
        act: resize,
      };
    },
    expect: {
      exit: [0],
      blames: ["nobody"],
      outcomes: { ok: "some", failed: "none", timed_out: "none", unfinished: "none" },
      says: [/PASS/],
    },
  },
];

/** The terminal of the first process below `pid` that has one. */
async function terminalBelow(pid: number): Promise<string> {
  const children = await Deno.readTextFile(`/proc/${pid}/task/${pid}/children`);
  for (const child of children.trim().split(" ")) {
    const terminal = await Deno.readLink(`/proc/${child}/fd/1`);
    if (terminal.startsWith("/dev/pts/")) return terminal;
  }
  throw new Error(`No process below ${pid} has a terminal`);
}
