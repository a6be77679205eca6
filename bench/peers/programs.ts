/** What the comparison needs beside june-load: built into .cache/bench from sources of fixed versions. */

const ROOT = new URL("../../", import.meta.url).pathname;
const BIN = `${ROOT}.cache/bench/bin/`;
const GO_PROGRAMS = { ghz: "github.com/bojand/ghz/cmd/ghz@v0.121.0", k6: "go.k6.io/k6@v1.8.1" };

/** Where everything is. */
export const PROGRAMS = {
  root: ROOT,
  cache: `${ROOT}.cache/bench/`,
  /** Server, grpc-go client and meter; see bench/server. */
  bench: `${BIN}bench`,
  ghz: `${BIN}ghz`,
  k6: `${BIN}k6`,
  h2load: "h2load",
  deno: Deno.execPath(),
} as const;

async function run(program: string, args: string[], cwd: string, env: Record<string, string>): Promise<void> {
  const { success } = await new Deno.Command(program, { args, cwd, env, stdout: "inherit", stderr: "inherit" })
    .output();
  if (!success) throw new Error(`Failed: ${program} ${args.join(" ")}`);
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

/**
 * Builds server, grpc-go client and meter. Needs `go`.
 * @throws {Error} when they cannot be built
 */
export async function buildMeter(): Promise<void> {
  await Deno.mkdir(BIN, { recursive: true });
  await run("go", ["build", "-o", PROGRAMS.bench, "."], `${ROOT}bench/server`, {});
}

/**
 * Builds what is missing. Needs `go`; ghz and k6 take minutes the first time.
 * @throws {Error} when a program cannot be built, or h2load is not installed
 */
export async function buildPrograms(): Promise<void> {
  await buildMeter();
  for (const [name, source] of Object.entries(GO_PROGRAMS)) {
    if (!await exists(`${BIN}${name}`)) await run("go", ["install", source], BIN, { GOBIN: BIN });
  }
  await new Deno.Command("h2load", { args: ["--version"], stdout: "null" }).output().catch(() => {
    throw new Error("h2load is missing: it comes with Debian's nghttp2-client");
  });
}
