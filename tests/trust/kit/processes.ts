/** Ways to take the processor away from a process or a thread from outside, as a busy or suspended machine does. */

/** Waits; milliseconds. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Stops a process for a while. */
export async function freeze(pid: number, for_ms: number): Promise<void> {
  Deno.kill(pid, "SIGSTOP");
  await pause(for_ms);
  Deno.kill(pid, "SIGCONT");
}

/** Stops a process for `for_ms` again and again, `every_ms` from start to start. */
export async function freezeOften(pid: number, for_ms: number, every_ms: number, times: number): Promise<void> {
  for (let i = 0; i < times; i++) {
    await freeze(pid, for_ms);
    await pause(every_ms - for_ms);
  }
}

const PTRACE_DETACH = 17;
const PTRACE_SEIZE = 0x4206;
const PTRACE_INTERRUPT = 0x4207;
const ALL_CHILDREN = 0x40000000;

/** Why a single thread cannot be stopped here; null: it can. */
export const NO_THREADS = Deno.build.os === "linux" ? null : "ptrace of single threads is Linux's";

/**
 * Stops one thread for a while, as a debugger does; the others of its process run on. SIGSTOP cannot do that.
 *
 * Source: ptrace(2). All calls are made by the thread that attaches, which is this one.
 */
export async function freezeThread(tid: number, for_ms: number): Promise<void> {
  const libc = Deno.dlopen("libc.so.6", {
    ptrace: { parameters: ["i32", "i32", "usize", "usize"], result: "i64" },
    waitpid: { parameters: ["i32", "buffer", "i32"], result: "i32" },
  });
  const trace = (request: number) => {
    if (libc.symbols.ptrace(request, tid, 0n, 0n) !== 0n) throw new Error(`ptrace ${request} of thread ${tid} failed`);
  };
  try {
    trace(PTRACE_SEIZE);
    trace(PTRACE_INTERRUPT);
    libc.symbols.waitpid(tid, new Uint8Array(4), ALL_CHILDREN);
    await pause(for_ms);
    trace(PTRACE_DETACH);
  } finally {
    libc.close();
  }
}

/** Stops one thread again and again. */
export async function freezeThreadOften(tid: number, for_ms: number, every_ms: number, times: number): Promise<void> {
  for (let i = 0; i < times; i++) {
    await freezeThread(tid, for_ms);
    await pause(every_ms - for_ms);
  }
}

/** The thread of a process with a name, such as `worker-1`, Deno's first Web Worker. */
export async function threadNamed(pid: number, name: string): Promise<number> {
  for await (const { name: tid } of Deno.readDir(`/proc/${pid}/task`)) {
    const comm = await Deno.readTextFile(`/proc/${pid}/task/${tid}/comm`).catch(() => "");
    if (comm.trim() === name) return Number(tid);
  }
  throw new Error(`Process ${pid} has no thread "${name}"`);
}

/** Runs loops that do nothing on every core while `body` runs. */
export async function amongBusyLoops(count: number, body: () => Promise<void>): Promise<void> {
  const loops = Array.from(
    { length: count },
    () => new Deno.Command("sh", { args: ["-c", "while :; do :; done"], stdin: "null" }).spawn(),
  );
  try {
    await body();
  } finally {
    for (const loop of loops) loop.kill("SIGKILL");
    await Promise.all(loops.map(({ status }) => status));
  }
}
