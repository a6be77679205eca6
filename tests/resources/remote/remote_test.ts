import assert from "node:assert/strict";
import type { GpuSample, HostSample, ResourceSample } from "../../../lib/measure/resource.ts";
import { DOCKER, type Elsewhere, elsewhere, gone, SSH } from "./prefix.ts";

const isHost = (sample: ResourceSample): sample is HostSample => sample.type === "host";
const isGpu = (sample: ResourceSample): sample is GpuSample => sample.type === "gpu";
const linux = { ignore: Deno.build.os !== "linux" };
const said = ({ notes }: Elsewhere) => notes.map(({ text }) => text);
/** Notes but those on a GPU that prints little, at other times than it says. */
const unexpected = ({ notes }: Elsewhere) =>
  notes.filter(({ kind }) => kind !== "gpu_fields_missing" && kind !== "gpu_rows_late");
const AS_SSH = { program: "ssh", script: SSH, words: ["far-host"] };

for (
  const [name, way] of [
    ["ssh", AS_SSH],
    ["docker", { program: "docker", script: DOCKER, words: ["exec", "stt"] }],
  ] as const
) {
  Deno.test(`the host and the GPUs behind ${name} are read, and nothing stays there`, linux, async () => {
    const by = { kind: "pid" as const, pid: Deno.pid };
    const plan = { gpu: true, processes: [{ name: "own", by }] };
    // The shell there writes its number, so that the test sees it end.
    const script = way.script.replace(
      /exec setsid.*$/,
      (run) => `echo $$ >> "$folder/pids"\n${run.replace("exec ", "")}`,
    );
    await elsewhere({ ...way, words: [...way.words], script, plan }, async (machine) => {
      await machine.until(() => machine.samples.filter(isHost).length > 2 && machine.samples.filter(isGpu).length > 2);
      await machine.stop();
      const count = machine.samples.length;
      const host = machine.samples.filter(isHost).at(-1)!;
      assert.equal(host.host, "far");
      assert.ok(host.memory_total_bytes! > 1e8 && host.cpu_percent! >= 0, JSON.stringify(host));
      assert.deepEqual([host.own_cpu_percent, host.own_memory_bytes, host.own_threads], [null, null, null]);
      const [service] = host.processes!;
      assert.ok(service!.pid === Deno.pid && service!.memory_bytes! > 1e6 && service!.descriptors! > 0);
      const gpu = machine.samples.find(isGpu)!;
      assert.deepEqual([gpu.host, gpu.index, gpu.power_w, gpu.name], ["far", 0, 300, "H100"]);
      assert.deepEqual(unexpected(machine), []);
      const pids = [...machine.written("pids"), ...machine.written("gpu_pids")];
      assert.ok(pids.length >= 4, `${pids}`);
      for (const pid of pids) await gone(Number(pid));
      assert.equal(machine.samples.length, count);
    });
  });
}

Deno.test("a prefix that dies is told once with its words, and its return", linux, async () => {
  const script = `if [ -e "$folder/back" ]; then
${SSH}
fi
if [ -e "$folder/once" ]; then echo "ssh: connect to host far-host port 22: Connection refused" >&2; exit 255; fi
: > "$folder/once"
exec 3<&0
sh -s <&3 &
while [ ! -e "$folder/die" ]; do sleep 0.02; done
kill $!; echo "Connection to far-host closed by remote host." >&2; exit 255`;
  await elsewhere({ ...AS_SSH, script }, async (machine) => {
    await machine.until(() => machine.samples.length > 2);
    await Deno.writeTextFile(`${machine.folder}/die`, "");
    await machine.until(() => machine.notes.length > 1);
    await Deno.writeTextFile(`${machine.folder}/back`, "");
    await machine.until(() => machine.notes.some(({ kind }) => kind === "remote_back"));
    const before = machine.samples.length;
    await machine.until(() => machine.samples.length > before + 1);
    await machine.stop();
    const [lost, refused, back, ...counts] = machine.notes;
    assert.match(lost!.text, /^far: readings stop: ".*ssh" says: "Connection to far-host closed by remote host\."/);
    assert.match(
      refused!.text,
      /^far: not read: ".*" says: "ssh: connect to host far-host port 22: Connection refused"/,
    );
    assert.match(back!.text, /^far: readings are back after \d+ s$/);
    assert.ok(machine.notes.every(({ host }) => host === "far"));
    assert.ok(counts.every(({ count }) => count! > 1), JSON.stringify(counts));
  });
});

Deno.test("a greeting before the shell, with or without a line end, is no reading and no note", linux, async () => {
  const script = `echo "Welcome to far-host"; echo "last login: 12:00" >&2; printf 'motd without end '\n${SSH}`;
  await elsewhere({ ...AS_SSH, script, plan: { gpu: true } }, async (machine) => {
    await machine.until(() => machine.samples.some(isHost) && machine.samples.some(isGpu));
    assert.deepEqual(unexpected(machine), []);
  });
});

Deno.test("a shell with no other program at all reads what there is itself", linux, async () => {
  const script = `shift; PATH=/nowhere; exec /bin/sh -s`;
  const plan = { processes: [{ name: "own", by: { kind: "pid" as const, pid: Deno.pid } }] };
  await elsewhere({ ...AS_SSH, script, plan }, async (machine) => {
    await machine.until(() => machine.samples.length > 1);
    const sample = machine.samples[1];
    assert.ok(sample?.type === "host" && sample.memory_total_bytes! > 1e8 && sample.core_percent!.length > 0);
    assert.equal(sample.processes![0]!.pid, Deno.pid);
  });
});

Deno.test("lines that come in pieces are read whole", linux, async () => {
  const script = SSH.replace(/exec (setsid.*)$/, `$1 | dd bs=7 2>/dev/null`);
  await elsewhere({ ...AS_SSH, script }, async (machine) => {
    await machine.until(() => machine.samples.length > 1);
    assert.ok((machine.samples[1] as HostSample).memory_total_bytes! > 1e8);
  });
});

Deno.test("a prefix that asks a question is started again, told once, and ended with the run", linux, async () => {
  const script = `printf "user@far-host's password: " >&2; echo $$ >> "$folder/pids"; exec sleep 600`;
  await elsewhere({ ...AS_SSH, script, plan: { gpu: true }, times: { connect_ms: 2000 } }, async (machine) => {
    await machine.until(() => machine.notes.length > 0);
    await machine.stop();
    assert.match(
      said(machine)[0]!,
      /^far: no reading for 2 s: ".*ssh" runs, but says: "user@far-host's password:"; june-load starts it again$/,
    );
    for (const pid of machine.written("pids")) await gone(Number(pid));
  });
});

Deno.test("a machine that lets nobody in is not asked again", linux, async () => {
  const script = `echo "user@far-host: Permission denied (publickey,password)." >&2; exit 255`;
  await elsewhere({ ...AS_SSH, script, plan: { gpu: true } }, async (machine) => {
    await machine.until(() => machine.notes.length > 0);
    while (machine.written("starts").length < 2) await new Promise((resolve) => setTimeout(resolve, 10));
    await new Promise((resolve) => setTimeout(resolve, 200));
    await machine.stop();
    assert.equal(machine.written("starts").length, 2, "once for the host, once for its GPUs");
    const [text] = said(machine);
    assert.match(text!, /says: "user@far-host: Permission denied \(publickey,password\)\." \(exit code 255\)/);
    assert.match(text!, /does not try again: it needs a key that asks for nothing/);
  });
});

Deno.test("a prefix that hangs in the middle is told, started again, and read again", linux, async () => {
  const script = `if [ ! -e "$folder/once" ]; then
: > "$folder/once"
exec 3<&0
sh -s <&3 &
while [ ! -e "$folder/hang" ]; do sleep 0.02; done
kill -STOP $!; wait
fi
${SSH}`;
  await elsewhere({ ...AS_SSH, script, times: { answer_ms: 1000 } }, async (machine) => {
    await machine.until(() => machine.samples.length > 1);
    await Deno.writeTextFile(`${machine.folder}/hang`, "");
    await machine.until(() => machine.notes.some(({ kind }) => kind === "remote_back"));
    assert.match(said(machine)[0]!, /^far: no reading for 1 s: ".*" does not answer; june-load starts it again$/);
  });
});

Deno.test("a container that is not there, and a command without standard input, are told in words", linux, async () => {
  const none = `echo "Error response from daemon: No such container: stt" >&2; exit 1`;
  const container = { program: "docker", words: ["exec", "stt"] };
  await elsewhere({ ...container, script: none }, async (machine) => {
    await machine.until(() => machine.notes.length > 0);
    assert.match(said(machine)[0]!, /No such container: stt" \(exit code 1\); june-load tries again$/);
  });
  const deaf = { program: "wrapped", words: ["exec", "stt"], script: DOCKER };
  await elsewhere({ ...deaf, plan: { gpu: true } }, async (machine) => {
    await machine.until(() => machine.notes.length > 0);
    assert.match(said(machine)[0]!, /does not pass its standard input on/);
  });
});

Deno.test("a flood from another machine is cut off", linux, async () => {
  const script = `read -r first; printf '%s\\n' 'june-load: begins'; exec cat /dev/zero`;
  await elsewhere({ ...AS_SSH, script }, async (machine) => {
    await machine.until(() => machine.notes.length > 0);
    assert.match(said(machine)[0]!, /^far: readings stop: more than 16 MiB came in ten seconds/);
  });
});

Deno.test("a program that is not here is told once", async () => {
  await elsewhere(
    { ...AS_SSH, program: "other", script: "", plan: { gpu: true, via: ["no-such-ssh", "x"] } },
    async (machine) => {
      await machine.until(() => machine.notes.length > 0);
      await machine.stop();
      assert.deepEqual(said(machine).slice(0, 1), [
        'far: not read: Cannot find "no-such-ssh" on this machine, install it or give its path',
      ]);
    },
  );
});
