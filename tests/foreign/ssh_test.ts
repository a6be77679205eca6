/** Readings of a machine through a real ssh: an sshd of the test's own on this machine, with keys of its own. */
import assert from "node:assert/strict";
import { findProgram } from "../../lib/resources/program/find_program.ts";
import { type Elsewhere, elsewhere, gone, NVIDIA_SMI } from "../resources/remote/prefix.ts";

const SSHD = "/usr/sbin/sshd";
/** What is missing on this machine; null: nothing. */
function missing(): string | null {
  if (findProgram(SSHD).kind !== "found") return `${SSHD} (openssh-server)`;
  for (const program of ["ssh", "ssh-keygen"]) if (findProgram(program).kind !== "found") return program;
  return null;
}
const absent = missing();
if (absent !== null) console.error(`The tests of ssh are skipped: ${absent} is not on this machine`);

async function run(program: string, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await new Deno.Command(program, { args }).output();
  assert.equal(code, 0, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout).trim();
}

interface Server {
  folder: string;
  port: number;
  user: string;
  child: Deno.ChildProcess;
  /** The command prefix. */
  via(knownHosts?: string): string[];
}

/** An sshd with one key that may log in, and an nvidia-smi on its PATH. */
async function withServer(test: (server: Server) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  await Deno.mkdir(`${folder}/bin`);
  await Deno.writeTextFile(`${folder}/bin/nvidia-smi`, NVIDIA_SMI, { mode: 0o755 });
  for (const name of ["host", "own"]) {
    await run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", `${folder}/${name}`);
  }
  await Deno.copyFile(`${folder}/own.pub`, `${folder}/authorized`);
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  listener.close();
  const [, hostKey] = (await Deno.readTextFile(`${folder}/host.pub`)).split(" ");
  await Deno.writeTextFile(`${folder}/known`, `[127.0.0.1]:${port} ssh-ed25519 ${hostKey}\n`);
  const config = [
    ...[`ListenAddress 127.0.0.1:${port}`, `HostKey ${folder}/host`, `AuthorizedKeysFile ${folder}/authorized`],
    ...["PasswordAuthentication no", "KbdInteractiveAuthentication no", "UsePAM no", "StrictModes no"],
    ...["PermitRootLogin yes", `PidFile ${folder}/pid`, `SetEnv PATH=${folder}/bin:/usr/local/bin:/usr/bin:/bin`],
  ];
  await Deno.writeTextFile(`${folder}/config`, `${config.join("\n")}\n`);
  const user = await run("id", "-un");
  // Root's sshd wants its folder, which a service makes where there is one.
  if (user === "root") await Deno.mkdir("/run/sshd", { recursive: true });
  const child = new Deno.Command(SSHD, { args: ["-D", "-e", "-f", `${folder}/config`], stdin: "null", stderr: "null" })
    .spawn();
  const via = (knownHosts = `${folder}/known`) => [
    ...["ssh", "-F", "/dev/null", "-p", String(port), "-i", `${folder}/own`, "-o", "IdentitiesOnly=yes"],
    ...["-o", `UserKnownHostsFile=${knownHosts}`, "-o", "GlobalKnownHostsFile=/dev/null", `${user}@127.0.0.1`],
  ];
  try {
    await listening(port);
    await test({ folder, port, user, child, via });
  } finally {
    try {
      child.kill("SIGTERM");
    } catch {
      // The test ended it.
    }
    await child.status;
    await Deno.remove(folder, { recursive: true });
  }
}

const texts = ({ notes }: Elsewhere) => notes.map(({ text }) => text);
const AS_SSH = { program: "unused", script: "", words: [] };

Deno.test(
  "a machine is read through ssh, and nothing of it stays there",
  { ignore: absent !== null },
  () =>
    withServer(async ({ folder, via }) => {
      const processes = [{ name: "sshd", by: { kind: "name" as const, name: "sshd" } }];
      const plan = { via: via(), gpu: true, processes };
      await elsewhere({ ...AS_SSH, plan }, async (machine) => {
        const count = (type: "host" | "gpu") => machine.samples.filter((one) => one.type === type).length;
        await machine.until(() => count("host") > 3 && count("gpu") > 3);
        const host = machine.samples.findLast((one) => one.type === "host");
        const gpu = machine.samples.find((one) => one.type === "gpu");
        assert.ok(host?.type === "host" && gpu?.type === "gpu");
        assert.deepEqual([host.host, gpu.host, gpu.power_w], ["far", "far", 300]);
        assert.ok(host.memory_total_bytes! > 1e8 && host.cpu_percent! >= 0);
        assert.ok(host.processes![0]!.memory_bytes! > 1e5, JSON.stringify(host.processes));
        await machine.stop();
        for (const pid of (await Deno.readTextFile(`${folder}/gpu_pids`)).trim().split("\n")) await gone(Number(pid));
        assert.deepEqual(machine.notes.filter(({ kind }) => kind.startsWith("remote")), []);
      });
    }),
);

Deno.test(
  "a host that ssh does not know is told in its words, and not asked again",
  { ignore: absent !== null },
  () =>
    withServer(async ({ via }) => {
      await elsewhere({ ...AS_SSH, plan: { via: via("/dev/null") } }, async (machine) => {
        await machine.until(() => machine.notes.length > 0);
        assert.match(texts(machine)[0]!, /"ssh" says: ".*Host key verification failed\." \(exit code 255\)/);
        assert.match(texts(machine)[0]!, /does not try again/);
      });
    }),
);

Deno.test(
  "an ssh server that ends is told, and read again when it is back",
  { ignore: absent !== null },
  () =>
    withServer(async ({ folder, port, child, via }) => {
      await elsewhere({ ...AS_SSH, plan: { via: via() } }, async (machine) => {
        await machine.until(() => machine.samples.length > 1);
        child.kill("SIGTERM");
        await child.status;
        for (const pid of await sessionsAt(port)) Deno.kill(pid, "SIGKILL");
        await machine.until(() => texts(machine).some((text) => /Connection refused/.test(text)));
        assert.match(texts(machine)[0]!, /^far: readings stop: "ssh" says: "Connection .*closed/);
        const again = new Deno.Command(SSHD, { args: ["-D", "-f", `${folder}/config`], stdin: "null", stderr: "null" })
          .spawn();
        try {
          await machine.until(() => machine.notes.some(({ kind }) => kind === "remote_back"));
          await machine.stop();
        } finally {
          again.kill("SIGTERM");
          await again.status;
        }
      });
    }),
);

/** The processes of sshd that have a connection at the port: each session has one, which outlives the server. */
async function sessionsAt(port: number): Promise<number[]> {
  const end = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  const lines = (await Deno.readTextFile("/proc/net/tcp")).split("\n").map((line) => line.trim().split(/\s+/));
  const sockets = new Set(lines.filter(([, local]) => local?.endsWith(end)).map((columns) => `socket:[${columns[9]}]`));
  const found: number[] = [];
  for await (const { name } of Deno.readDir("/proc")) {
    if (/^\d+$/.test(name) && isSshd(name) && linksOf(name).some((link) => sockets.has(link))) found.push(Number(name));
  }
  return found;
}

function isSshd(pid: string): boolean {
  try {
    return Deno.readTextFileSync(`/proc/${pid}/comm`).trim() === "sshd";
  } catch {
    return false;
  }
}

function linksOf(pid: string): string[] {
  try {
    return [...Deno.readDirSync(`/proc/${pid}/fd`)].map(({ name }) => Deno.readLinkSync(`/proc/${pid}/fd/${name}`));
  } catch {
    return [];
  }
}

/** Resolves once somebody listens at the port. */
async function listening(port: number): Promise<void> {
  for (;;) {
    try {
      (await Deno.connect({ hostname: "127.0.0.1", port })).close();
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}
