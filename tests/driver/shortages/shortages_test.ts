import assert from "node:assert/strict";

const CHILD = new URL("./child.ts", import.meta.url).pathname;
const CONFIG = new URL("../../../deno.json", import.meta.url).pathname;
const NAMES = [
  "june over wire",
  "june over grpc-js",
  "june over wire and node:tls",
  "openai over HTTP/1.1",
  "openai over HTTP/2",
  "rest",
  "rest with a login",
  "websocket",
  "by a name",
];

/**
 * Runs the child in a shell.
 * @param around the program that runs the shell, with its arguments
 * @param setup what the shell does first
 */
async function run(
  around: string[],
  setup: string,
  lacking: "files" | "ports",
): Promise<Record<string, { names: string[] }>> {
  const [program = "", ...args] = [...around, "bash", "-c"];
  const line = `${setup}; exec "$0" run -A --quiet --no-check --config "$1" "$2" "$3"`;
  const { stdout, stderr } = await new Deno.Command(program, {
    args: [...args, line, Deno.execPath(), CONFIG, CHILD, lacking],
    stdin: "null",
  }).output();
  const text = new TextDecoder();
  try {
    return JSON.parse(text.decode(stdout));
  } catch {
    throw new Error(`The child said: ${text.decode(stdout)}${text.decode(stderr)}`);
  }
}

/** A network of its own, for ports of its own: root only, Linux only. */
async function ownNetwork(): Promise<boolean> {
  try {
    return (await new Deno.Command("unshare", { args: ["-n", "bash", "-c", "ip link set lo up && sysctl -h"] })
      .output()).success;
  } catch {
    return false;
  }
}

function expectAll(told: Record<string, { names: string[] }>, errno: string): void {
  assert.deepEqual(
    Object.fromEntries(Object.entries(told).map(([name, { names }]) => [name, names])),
    Object.fromEntries(NAMES.map((name) => [name, [`lacking ${errno}`, "end"]])),
    JSON.stringify(told, null, 2),
  );
}

Deno.test({
  name: "without a free descriptor every transport says that this machine lacks one, and not the service",
  ignore: Deno.build.os === "windows",
  fn: async () => expectAll(await run([], "ulimit -n 64", "files"), "EMFILE"),
});

const HAS_NETWORK = await ownNetwork();

Deno.test({
  name: `without a free local port likewise${HAS_NETWORK ? "" : " (needs root, unshare, ip and sysctl)"}`,
  ignore: !HAS_NETWORK,
  fn: async () => {
    const setup = 'ip link set lo up && sysctl -qw net.ipv4.ip_local_port_range="50000 50019"';
    const told = await run(["unshare", "-n"], setup, "ports");
    expectAll(told, "EADDRNOTAVAIL");
  },
});
