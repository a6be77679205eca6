/** A network of its own for service and june-load, which may lose their packets. Linux, root. */

/** A network namespace. */
export interface Network {
  /** The program that runs another inside, with its arguments. */
  around: string[];
  /** Words of a shell that let `exec "$@"` run inside. */
  enter: string;
  /** Runs a command inside; whether it succeeded. */
  run(command: string): Promise<boolean>;
  remove(): Promise<void>;
}

/** Makes one with a loopback of its own; a string: why there is none. */
export async function makeNetwork(): Promise<Network | string> {
  if (Deno.build.os !== "linux" || Deno.uid() !== 0) return "a network of its own needs Linux and root";
  const holder = new Deno.Command("unshare", {
    args: ["-n", "sh", "-c", "ip link set lo up && echo ready && exec cat"],
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  });
  try {
    const child = holder.spawn();
    const output = child.stdout.getReader();
    const { done } = await output.read();
    const remove = async () => {
      await child.stdin.close();
      await output.cancel();
      await child.status;
    };
    if (done) {
      await remove();
      return "a network of its own cannot be made here (needs unshare, ip and the right to)";
    }
    const around = ["nsenter", `--net=/proc/${child.pid}/ns/net`];
    const run = async (command: string) => {
      const args = [...around.slice(1), "sh", "-c", command];
      return (await new Deno.Command("nsenter", { args, stdout: "null", stderr: "null" }).output()).success;
    };
    return { around, enter: `set -- ${around.join(" ")} "$@"`, run, remove };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "unshare is not here";
    throw error;
  }
}

/** Programs of the packet filter, run on what arrives; they answer 2 for what is to be dropped. Source: tc-bpf(8). */
const FILTER = "tc qdisc add dev lo clsact && tc filter add dev lo ingress bpf da bytecode";
const ALL = '"1,6 0 0 2"';

/** From now on nothing arrives, and nobody is told: the other side is half-open. */
export function dropAll(network: Network): Promise<boolean> {
  return network.run(`${FILTER} ${ALL}`);
}

/** Loses a share of the packets: by netem, or by a filter with random numbers where the kernel has no netem. */
export async function loseSome(network: Network, share: number): Promise<boolean> {
  if (await network.run(`tc qdisc add dev lo root netem loss ${100 * share}%`)) return true;
  // A random number, compared, and one of two answers. Source: linux/filter.h, SKF_AD_RANDOM.
  const from = Math.round(share * 2 ** 32);
  return await network.run(`${FILTER} "4,32 0 0 4294963256,53 1 0 ${from},6 0 0 2,6 0 0 0"`);
}

/** Delays every packet, by netem; false: the kernel has none. */
export function delayAll(network: Network, ms: number): Promise<boolean> {
  return network.run(`tc qdisc add dev lo root netem delay ${ms}ms limit 100000`);
}

/** Whether packets had to be sent again so far. Source: RetransSegs of RFC 1213, in proc(5)'s net/snmp. */
export function hasRetransmitted(network: Network): Promise<boolean> {
  return network.run(
    `awk '$1 == "Tcp:" && $13 > 0 && $13 ~ /^[0-9]+$/ { some = 1 } END { exit !some }' /proc/net/snmp`,
  );
}
