/** The live page of the compiled binary: in an empty folder, and where the system lets us in a network that leads nowhere. */
import assert from "node:assert/strict";
import { makeNetwork } from "../faults/kit/network.ts";
import { Alone } from "./alone.ts";
import type { PageSeen } from "./page_client.ts";

const ROOT = new URL("../../", import.meta.url).pathname;
const LOAD = ["--duration", "2s", "--users", "3", "--spawn-rate", "3"];

/** The address that it says it is served at; null: it ended before. */
async function addressIn(output: ReadableStreamDefaultReader<string>): Promise<string | null> {
  let said = "";
  for (;;) {
    const { value, done } = await output.read();
    if (done) return null;
    said += value;
    const found = /(http:\/\/\S+)\s/.exec(said)?.[1];
    if (found !== undefined) return found;
  }
}

/** Runs the client where the page is; what it saw. */
async function seenAt(address: string, around: readonly string[]): Promise<PageSeen> {
  const [command, ...args] = [
    ...around,
    Deno.execPath(),
    "run",
    "-A",
    "--no-check",
    `${ROOT}tests/binary/page_client.ts`,
  ];
  const { stdout, stderr } = await new Deno.Command(command as string, { args: [...args, address] }).output();
  const said = new TextDecoder().decode(stdout);
  assert.match(said, /^\{/, new TextDecoder().decode(stderr));
  return JSON.parse(said) as PageSeen;
}

Deno.test("the binary: the live page opens, starts a run, follows it, and gives every form, with no file and no network", async () => {
  await using june = await Alone.with(`${ROOT}dist/june-load`, "run: deno task compile");
  const network = await makeNetwork();
  const around = typeof network === "string" ? [] : network.around;
  const child = june.start(around, "ui", "smoke", "--sim", "--port", "0", ...LOAD);
  const complaints = new Response(child.stderr).text();
  const output = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  try {
    const address = await addressIn(output) ?? assert.fail(await complaints);
    const { files, seconds, verdict, forms, comparison } = await seenAt(address, around);
    for (const file of ["/", "/assets/live.js", "/assets/live.css", "/assets/echarts.js"]) {
      assert.ok((files[file] ?? 0) > 500, `${file} among ${JSON.stringify(files)}`);
    }
    assert.ok(seconds >= 2 && verdict !== "", `${seconds} seconds, ${verdict}`);
    for (const file of ["report.html", "report.json", "report.md", "junit.xml", "metrics.prom", "result.ndjson"]) {
      assert.ok((forms[file] ?? 0) > 100, `${file} among ${JSON.stringify(forms)}`);
    }
    assert.ok(Object.keys(forms).some((file) => file.endsWith(".png")), "charts");
    assert.equal(comparison, "<!doctype html>");
    child.kill("SIGINT");
    const { code } = await child.status;
    assert.equal(code, 0, await complaints);
    const left = await june.files();
    assert.ok(left.every((file) => file.startsWith("reports/smoke/")), left.join(", "));
  } finally {
    try {
      child.kill("SIGKILL");
    } catch {
      // It has ended.
    }
    await child.status;
    await Promise.all([complaints, output.cancel()]);
    if (typeof network !== "string") await network.remove();
  }
});
