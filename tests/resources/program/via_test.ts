import assert from "node:assert/strict";
import fc from "fast-check";
import { shellWords, supervised, ViaProgress } from "../../../lib/resources/program/via.ts";

const words = (line: string) => shellWords(line.split(" ")).join(" ");

Deno.test("shellWords() has standard input passed on by containers, and no question asked by ssh", () => {
  assert.equal(words("docker exec stt"), "docker exec -i stt sh -s");
  assert.equal(words("docker exec -u 0 -ti stt"), "docker exec -u 0 -ti stt sh -s");
  assert.equal(words("docker exec --interactive stt"), "docker exec --interactive stt sh -s");
  assert.equal(words("sudo -n podman --remote exec stt"), "sudo -n podman --remote exec -i stt sh -s");
  assert.equal(words("kubectl -n ai exec llm-0 -c main --"), "kubectl -n ai exec -i llm-0 -c main -- sh -s");
  assert.equal(words("kubectl exec --stdin=true llm-0 --"), "kubectl exec --stdin=true llm-0 -- sh -s");
  assert.equal(words("docker compose -f a.yaml exec stt"), "docker compose -f a.yaml exec -T stt sh -s");
  assert.equal(words("docker-compose exec -T stt"), "docker-compose exec -T stt sh -s");
  assert.equal(words("/usr/bin/ssh -p 2222 far"), "/usr/bin/ssh -o BatchMode=yes -p 2222 far sh -s");
  assert.equal(words("ssh -o BatchMode=no far"), "ssh -o BatchMode=no far sh -s");
  assert.equal(words("ssh far docker exec stt"), "ssh -o BatchMode=yes far docker exec -i stt sh -s");
  assert.equal(words("nsenter -t 7 -a"), "nsenter -t 7 -a sh -s");
});

Deno.test("supervised() hands any words to the program as they are, whichever shell reads it", {
  ignore: Deno.build.os !== "linux",
}, async () => {
  const word = fc.string({ maxLength: 20 }).filter((text) => !/[\0\n\r]/.test(text));
  const args = fc.sample(fc.array(word, { maxLength: 5 }), { numRuns: 8, seed: 4 }).concat([[
    "$HOME",
    "a'b",
    "`id`",
    "\\",
    "",
  ]]);
  for (const own of args) {
    const child = new Deno.Command("sh", { args: ["-s"], stdin: "piped", stdout: "piped", stderr: "null" }).spawn();
    const writer = child.stdin.getWriter();
    await writer.write(new TextEncoder().encode(supervised("printf", ["<%s>\\n", ...own])));
    const { code, stdout } = await child.output();
    await writer.close().catch(() => {});
    const shown = own.length === 0 ? ["<>"] : own.map((text) => `<${text}>`);
    const lines = new TextDecoder().decode(stdout).split("\n");
    assert.deepEqual([code, lines], [0, ["june-load: begins", ...shown, "june-load: ends 0", ""]]);
  }
});

Deno.test("ViaProgress keeps what is said before the program begins, the last of it, each once", () => {
  const progress = new ViaProgress();
  for (let i = 0; i < 20; i++) assert.equal(progress.take(`line ${i % 12}`), false);
  assert.equal(progress.said.length, 8);
  assert.equal(progress.take("motd june-load: begins"), false);
  assert.ok(progress.begun && progress.take("a row"));
  assert.equal(progress.take("june-load: ends 15"), false);
  assert.deepEqual([progress.code, progress.absent], [15, false]);
});
