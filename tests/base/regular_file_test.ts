import assert from "node:assert/strict";
import {
  FileFault,
  readRegularFile,
  readRegularFileSync,
  readRegularText,
  readRegularTextSync,
} from "../../lib/base/regular_file.ts";
import { inFolder } from "../end_to_end/cli.ts";

/** Reads in both ways; both must say the same. */
async function read(path: string, max_bytes: number): Promise<Uint8Array | string> {
  const words = (error: unknown) => {
    assert.ok(error instanceof FileFault, String(error));
    return error.message;
  };
  const waited = await readRegularFile(path, max_bytes).catch(words);
  let at_once: Uint8Array | string;
  try {
    at_once = readRegularFileSync(path, max_bytes);
  } catch (error) {
    at_once = words(error);
  }
  assert.deepEqual(waited, at_once);
  return at_once;
}

Deno.test("a regular file is read whole, up to its limit", () =>
  inFolder(async (dir) => {
    const path = `${dir}/file`;
    for (const length of [0, 1, 4096, 100_000]) {
      const bytes = Uint8Array.from({ length }, (_, i) => i % 251);
      await Deno.writeFile(path, bytes);
      assert.deepEqual(await read(path, Math.max(1, length)), bytes);
      if (length > 1) assert.match(String(await read(path, length - 1)), /^it is larger than [\d.]+ KiB, the limit/);
    }
    await Deno.truncate(path, 2 * 1024 * 1024);
    assert.match(String(await read(path, 1024 * 1024)), /^it is larger than 1 MiB, the limit for such a file$/);
  }));

Deno.test("texts are UTF-8, without a mark of their byte order", () =>
  inFolder(async (dir) => {
    await Deno.writeTextFile(`${dir}/text`, "\ufeffgrüße\n");
    assert.equal(await readRegularText(`${dir}/text`, 100), "grüße\n");
    assert.equal(readRegularTextSync(`${dir}/text`, 100), "grüße\n");
  }));

Deno.test({
  name: "a file of the system that claims to be empty is read, and within the limit, too",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    for (const path of ["/proc/self/limits", "/proc/sys/net/ipv4/ip_local_port_range"]) {
      assert.equal(await readRegularText(path, 64 * 1024), await Deno.readTextFile(path));
    }
    assert.match(String(await read("/proc/self/status", 100)), /^it is larger than/);
  },
});

Deno.test({
  name: "whatever is no regular file is named as what it is, and not opened",
  ignore: Deno.build.os === "windows",
  fn: () =>
    inFolder(async (dir) => {
      await new Deno.Command("mkfifo", { args: [`${dir}/pipe`] }).output();
      await Deno.symlink(`${dir}/pipe`, `${dir}/link`);
      using _server = Deno.listen({ transport: "unix", path: `${dir}/socket` });
      const cases: [path: string, words: RegExp][] = [
        [dir, /^it is a folder; name a file inside it$/],
        [`${dir}/pipe`, /^it is a pipe, not a regular file; save what it holds as a file/],
        [`${dir}/link`, /^it is a pipe/],
        [`${dir}/socket`, /^it is a socket/],
        ["/dev/zero", /^it is a device/],
        [`${dir}/gone`, /^there is no such file; check the path$/],
      ];
      for (const [path, words] of cases) assert.match(String(await read(path, 1024)), words, path);
    }),
});
