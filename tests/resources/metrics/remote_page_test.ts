import assert from "node:assert/strict";
import { openRemotePages, type RemotePageOptions } from "../../../lib/resources/metrics/remote_page.ts";
import type { PageSource } from "../../../lib/resources/metrics/page_source.ts";
import { DOCKER, SSH } from "../remote/prefix.ts";

/** A machine there whose curl is a script. */
const CURL = `for url; do :; done
echo "$url" >> "$folder/urls"
cat "$folder/page"`;

interface There {
  folder: string;
  pages: PageSource;
  /** Lines of a file that a script wrote. */
  written(name: string): string[];
}

/** A source behind a script that plays the prefix. */
async function there(
  { program = "ssh", prefix = SSH, words = ["gpu-host"], curl = CURL, ...more }:
    & { program?: string; prefix?: string; words?: string[]; curl?: string }
    & Partial<RemotePageOptions>,
  test: (there: There) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  await Deno.mkdir(`${folder}/bin`);
  const start = `#!/bin/sh\nfolder='${folder}'\nexport folder\necho start >> "$folder/starts"\n`;
  const path = `PATH="$folder/bin:$PATH"\nexport PATH\n`;
  await Deno.writeTextFile(`${folder}/${program}`, `${start}${path}${prefix}\n`, { mode: 0o755 });
  await Deno.writeTextFile(`${folder}/bin/curl`, `#!/bin/sh\n${curl}\n`, { mode: 0o755 });
  await Deno.writeTextFile(`${folder}/page`, "up 1\nqueue 3");
  const pages = openRemotePages({
    url: "http://127.0.0.1:9400/metrics?a='b'",
    via: [`${folder}/${program}`, ...words],
    timeout_ms: 1000,
    retry_ms: 1,
    ...more,
  });
  const written = (name: string) => {
    try {
      return Deno.readTextFileSync(`${folder}/${name}`).trim().split("\n");
    } catch {
      return [];
    }
  };
  try {
    await test({ folder, pages, written });
  } finally {
    await pages.close();
    await Deno.remove(folder, { recursive: true });
  }
}

const whyOf = async (pages: PageSource) => {
  const reply = await pages.get();
  return reply.kind === "failed" ? reply.why : assert.fail(reply.text);
};

for (const [program, prefix, words] of [["ssh", SSH, ["gpu-host"]], ["docker", DOCKER, ["exec", "stt"]]] as const) {
  Deno.test(`a page is fetched behind ${program}, again and again through one shell`, () =>
    there({ program, prefix, words: [...words] }, async ({ pages, written }) => {
      for (let n = 0; n < 3; n++) {
        const reply = await pages.get();
        assert.deepEqual(reply, { kind: "page", text: "up 1\nqueue 3\n" });
      }
      assert.deepEqual(written("urls"), Array(3).fill("http://127.0.0.1:9400/metrics?a='b'"));
      assert.deepEqual(written("starts"), ["start"]);
    }));
}

Deno.test("what curl there says of a page that does not come is told in its words, and the next one is read", () =>
  there({ curl: `[ -e "$folder/down" ] && { echo 'curl: (7) refused' >&2; exit 7; }\n${CURL}` }, async (one) => {
    await Deno.writeTextFile(`${one.folder}/down`, "");
    assert.equal(await whyOf(one.pages), 'it cannot be fetched: "curl: (7) refused"');
    await Deno.remove(`${one.folder}/down`);
    assert.equal((await one.pages.get()).kind, "page");
    assert.deepEqual(one.written("starts"), ["start"]);
  }));

Deno.test("a way that breaks is told in the prefix's words and tried again; one that refuses is not", async () => {
  const breaks = `if [ -e "$folder/up" ]; then ${SSH}\nfi\necho 'ssh: connect to host gpu-host: refused' >&2; exit 255`;
  await there({ prefix: breaks }, async ({ pages, folder }) => {
    assert.match(await whyOf(pages), /ssh" says: "ssh: connect to host gpu-host: refused"$/);
    await Deno.writeTextFile(`${folder}/up`, "");
    let reply = await pages.get();
    while (reply.kind === "failed") reply = await pages.get();
    assert.equal(reply.text, "up 1\nqueue 3\n");
  });
  await there({ prefix: "echo 'Permission denied (publickey).' >&2; exit 255" }, async ({ pages, written }) => {
    for (let n = 0; n < 3; n++) {
      assert.match(await whyOf(pages), /says: "Permission denied \(publickey\)\."; june-load does not try again$/);
    }
    assert.deepEqual(written("starts"), ["start"]);
  });
});

Deno.test("a prefix that says nothing, and one that is not there, hold up nobody", async () => {
  await there({ prefix: "exec sleep 600", connect_ms: 100 }, async ({ pages }) => {
    assert.match(await whyOf(pages), /ssh" does not answer within 100ms$/);
  });
  const pages = openRemotePages({ url: "http://h/metrics", via: ["no-such-prefix"], timeout_ms: 100 });
  assert.match(await whyOf(pages), /^Cannot find "no-such-prefix" on this machine/);
  await pages.close();
});

Deno.test("a page that is too large is neither kept nor read, and the next one is", () =>
  there({ curl: `[ -e "$folder/small" ] || head -c 5000000 /dev/zero | tr '\\0' 'x' | fold\n${CURL}` }, async (one) => {
    assert.equal(await whyOf(one.pages), "it is larger than 4.00 MiB");
    await Deno.writeTextFile(`${one.folder}/small`, "");
    assert.equal((await one.pages.get()).kind, "page");
  }));

Deno.test("a source that was closed starts nothing there any more", () =>
  there({}, async ({ pages, written }) => {
    await pages.close();
    assert.equal(await whyOf(pages), "it was closed");
    assert.deepEqual(written("starts"), []);
  }));
