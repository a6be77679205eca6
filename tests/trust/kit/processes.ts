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

const PTRACE_GETREGS = 12;
const PTRACE_SETREGS = 13;
const PTRACE_DETACH = 17;
const PTRACE_SEIZE = 0x4206;
const PTRACE_INTERRUPT = 0x4207;
const ALL_CHILDREN = 0x40000000;

/** Why a single thread cannot be stopped here; null: it can. */
export const NO_THREADS = Deno.build.os === "linux" ? null : "ptrace of single threads is Linux's";

/** Orders to a thread that stands still. */
interface Tracee {
  /** @param data an address or a number */
  trace(request: number, address?: bigint, data?: bigint | Uint8Array<ArrayBuffer>): void;
}

/**
 * Stops one thread, as a debugger does, while `body` runs; the others of its process run on. SIGSTOP cannot do that.
 *
 * Source: ptrace(2). All calls are made by the thread that attaches, which is this one.
 */
async function whileStopped(tid: number, body: (tracee: Tracee) => Promise<void>): Promise<void> {
  const libc = Deno.dlopen("libc.so.6", {
    ptrace: { parameters: ["i32", "i32", "usize", "usize"], result: "i64" },
    waitpid: { parameters: ["i32", "buffer", "i32"], result: "i32" },
  });
  const trace: Tracee["trace"] = (request, address = 0n, data = 0n) => {
    const value = typeof data === "bigint" ? data : Deno.UnsafePointer.value(Deno.UnsafePointer.of(data));
    if (libc.symbols.ptrace(request, tid, address, BigInt(value)) !== 0n) {
      throw new Error(`ptrace ${request} of thread ${tid} failed`);
    }
  };
  try {
    trace(PTRACE_SEIZE);
    trace(PTRACE_INTERRUPT);
    libc.symbols.waitpid(tid, new Uint8Array(4), ALL_CHILDREN);
    await body({ trace });
    // A thread that was ended meanwhile has to be taken note of, or its process would not end.
    if (libc.symbols.ptrace(PTRACE_DETACH, tid, 0n, 0n) !== 0n) {
      libc.symbols.waitpid(tid, new Uint8Array(4), ALL_CHILDREN);
    }
  } finally {
    libc.close();
  }
}

/** Stops one thread for a while. */
export function freezeThread(tid: number, for_ms: number): Promise<void> {
  return whileStopped(tid, () => pause(for_ms));
}

/** Why a single thread cannot be ended here; null: it can. */
export const NO_ENDING = NO_THREADS ?? (Deno.build.arch === "x86_64" ? null : "only registers of x86-64 are known");

/** Where `user_regs_struct` of x86-64 has what is needed; bytes. Source: sys/user.h. */
const REGISTERS = { rax: 80, rdi: 112, orig_rax: 120, rip: 128, length: 216 } as const;
/** `exit` of one thread, not of its process. */
const SYS_EXIT = 60n;
/** The instruction `syscall`. */
const SYSCALL = [0x0f, 0x05];

/** Ends one thread without a word, as nothing from outside should: it makes its next system call `exit`. */
export async function endThread(tid: number): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    let ended = false;
    await whileStopped(tid, async ({ trace }) => {
      const registers = new Uint8Array(REGISTERS.length);
      trace(PTRACE_GETREGS, 0n, registers);
      const view = new DataView(registers.buffer);
      const at = view.getBigUint64(REGISTERS.rip, true) - 2n;
      // Only a thread that waits in a system call can be sent into another.
      if (String(await peek(tid, at, 2)) !== String(SYSCALL)) return;
      view.setBigUint64(REGISTERS.rip, at, true);
      view.setBigUint64(REGISTERS.rax, SYS_EXIT, true);
      view.setBigUint64(REGISTERS.rdi, 0n, true);
      view.setBigInt64(REGISTERS.orig_rax, -1n, true);
      trace(PTRACE_SETREGS, 0n, registers);
      ended = true;
    });
    if (ended) return;
    await pause(10);
  }
  throw new Error(`Thread ${tid} never waits in a system call`);
}

async function peek(tid: number, at: bigint, count: number): Promise<Uint8Array> {
  using memory = await Deno.open(`/proc/${tid}/mem`);
  await memory.seek(at, Deno.SeekMode.Start);
  const bytes = new Uint8Array(count);
  await memory.read(bytes);
  return bytes;
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
