/** A scenario with a secret of its own in every place that can hold one, and a search for them. */
import assert from "node:assert/strict";
import { unpackData } from "../../lib/report/html/page/data.ts";
import { filesBelow, type Finished, type Running, start } from "../end_to_end/cli.ts";
import { randomStream } from "../../lib/schedule/random.ts";

const { next } = randomStream(13, 0);
const LETTERS = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";

/** 20 characters that nothing else holds. */
const made = () => Array.from({ length: 20 }, () => LETTERS[Math.floor(next() * LETTERS.length)]).join("");

/** The places, and what stands there. */
export const PLANTED = Object.fromEntries(
  ("metadata header cookie bearer file client granted proxy session login sig jwt tok pwd nameless json_password " +
    "json_plain json_list form_pwd form_plain text_word part upload picked raw socket_text socket_json socket_query " +
    "extra system").split(" ").map((place) => [place, made()]),
) as Record<Place, string>;

type Place =
  | "metadata"
  | "header"
  | "cookie"
  | "bearer"
  | "file"
  | "client"
  | "granted"
  | "proxy"
  | "session"
  | "login"
  | "sig"
  | "jwt"
  | "tok"
  | "pwd"
  | "nameless"
  | "json_password"
  | "json_plain"
  | "json_list"
  | "form_pwd"
  | "form_plain"
  | "text_word"
  | "part"
  | "upload"
  | "picked"
  | "raw"
  | "socket_text"
  | "socket_json"
  | "socket_query"
  | "extra"
  | "system";

/** Some stand in the file as they are, some come from variables whose names say nothing. */
export const VARIABLES = {
  PLACE_A: PLANTED.metadata,
  PLACE_B: PLANTED.header,
  PLACE_C: PLANTED.proxy,
  PLACE_D: PLANTED.jwt,
  PLACE_E: PLANTED.json_plain,
  PLACE_F: PLANTED.socket_query,
  DENO_NO_UPDATE_CHECK: "1",
};

/** Where its services and files are. */
export interface Around {
  grpc: string;
  http: string;
  proxy: string;
  tokens: string;
  dir: string;
}

/**
 * Writes the scenario and its files; returns its path.
 * @param charts draw them, too: most of the cost of a report
 */
export async function plant(around: Around, charts: boolean): Promise<string> {
  const { dir } = around;
  await Deno.writeTextFile(`${dir}/token`, `${PLANTED.file}\n`);
  await Deno.writeTextFile(`${dir}/raw.bin`, `\x0a\x14${PLANTED.raw}`);
  await Deno.writeTextFile(`${dir}/upload.txt`, `id,key\n1,${PLANTED.upload}\n`);
  await Deno.writeTextFile(`${dir}/users.txt`, `${PLANTED.picked}\n`);
  const path = `${dir}/planted.yaml`;
  await Deno.writeTextFile(
    path,
    JSON.stringify({ ...scenarioOf(around), reports: { include_charts: charts } }, null, 2),
  );
  return path;
}

const scenarioOf = ({ grpc, http, proxy, tokens, dir }: Around) => ({
  services: {
    grpc: {
      llm: {
        weight: 1,
        host: grpc,
        metadata: { authorization: "Bearer ${PLACE_A}" },
        system: `You know ${PLANTED.system} by heart`,
      },
      stt: {
        weight: 1,
        host: grpc,
        pacing: "fast",
        auth: { bearer_file: `${dir}/token` },
        proxy: `http://me:\${PLACE_C}@${proxy}`,
      },
      tts: {
        weight: 1,
        protocol: "openai",
        host: `http://${http}/v1`,
        model: "m",
        auth: { oauth2: { token_url: `http://${tokens}/token`, client_id: "june", client_secret: PLANTED.client } },
        extra: { user: PLANTED.extra },
      },
    },
    calls: {
      raw: {
        protocol: "grpc",
        host: grpc,
        auth: { bearer: PLANTED.bearer },
        exchanges: [{ method: "a.B/C", raw: `${dir}/raw.bin`, call: "unary" }],
      },
      web: {
        protocol: "rest",
        host: `http://${http}`,
        headers: { "x-id": "${PLACE_B}", cookie: `theme=dark; sid=${PLANTED.cookie}` },
        exchanges: [
          { path: `/a?sig=${PLANTED.sig}&jwt=\${PLACE_D}` },
          { path: `/b?tok=${PLANTED.tok}&pwd=${PLANTED.pwd}&q=${PLANTED.nameless}` },
          { path: "/c", json: { password: PLANTED.json_password, user: { name: "${PLACE_E}" } } },
          { path: "/d", json: [{ of: [PLANTED.json_list] }] },
          { path: "/e", text: `pwd=${PLANTED.form_pwd}&more=${PLANTED.form_plain}`, content_type: "text/plain" },
          { path: "/f", text: `the word is ${PLANTED.text_word} today` },
          { path: "/g", multipart: { part: PLANTED.part } },
          { path: "/h", file: `${dir}/upload.txt` },
          { path: "/i", json: { user: `{{pick ${dir}/users.txt}}` } },
        ],
      },
      shop: {
        protocol: "rest",
        host: `http://${http}`,
        login: `/login?q=${PLANTED.login}`,
        exchanges: [{ path: "/j", requires_auth: true }],
      },
      sock: {
        protocol: "websocket",
        host: `ws://${http}`,
        path: "/ws?s=${PLACE_F}",
        exchanges: [{ name: "socket text", text: `say ${PLANTED.socket_text}` }, {
          name: "socket json",
          json: { of: PLANTED.socket_json },
        }],
      },
    },
  },
  scenarios: { planted: { users: 20, spawn_rate: 200, duration: "120s", think_time: "10ms" } },
});

/** A command at work; nothing that it writes may hold a secret. */
export function startJune(...args: string[]): Running {
  const running = start(args, { env: VARIABLES });
  const finished = running.finished.then((ended) => {
    assertClean(`june-load ${args[0]} (standard output)`, ended.stdout);
    assertClean(`june-load ${args[0]} (standard error)`, ended.stderr);
    return ended;
  });
  return { ...running, finished };
}

/** A command, run to its end. */
export const june = (...args: string[]): Promise<Finished> => startJune(...args).finished;

/** Every file below a folder. */
export async function assertCleanFiles(dir: string): Promise<string[]> {
  const files = await filesBelow(dir);
  for (const name of files) {
    const text = new TextDecoder("latin1").decode(await Deno.readFile(`${dir}/${name}`));
    assertClean(name, text);
    // A page holds its data compressed.
    const [, packed] = /<script type="application\/gzip;base64" id="data">([^<]+)</.exec(text) ?? [];
    if (name.endsWith(".html")) assert.notEqual(packed, undefined, name);
    if (packed !== undefined) assertClean(`the data of ${name}`, JSON.stringify(await unpackData(packed)));
  }
  return files;
}

/** Parts of 8 characters of a secret, in every encoding that a server uses; what is shorter is no quote. */
const TRACES: [place: string, trace: string][] = Object.entries(PLANTED).flatMap(([place, value]) => {
  const bytes = new TextEncoder().encode(value);
  const base64 = [0, 1, 2].map((before) => {
    const all = new Uint8Array(before + bytes.length);
    all.set(bytes, before);
    return all.toBase64().slice(before === 0 ? 0 : before + 1, -4);
  });
  return [value, ...base64, bytes.toHex()].flatMap((form) => {
    const size = form.length === 2 * value.length ? 16 : 8;
    return [0, 5, form.length - size].map((at): [string, string] => [place, form.slice(at, at + size).toLowerCase()]);
  });
});

/** The traces by their first characters: hundreds of them are looked for in megabytes. */
const HEAD = 4;
const BY_HEAD = Map.groupBy(TRACES, ([, trace]) => trace.slice(0, HEAD));
/** Whether a trace may begin with characters of this sum. */
const SUMS = new Uint8Array(2 ** 16);
const sumAt = (text: string, at: number) =>
  (text.charCodeAt(at) * 31 + text.charCodeAt(at + 1) * 961 + text.charCodeAt(at + 2) * 29_791 +
    text.charCodeAt(at + 3) * 923_521) & 0xffff;
for (const head of BY_HEAD.keys()) SUMS[sumAt(head, 0)] = 1;

/** @throws {AssertionError} where a text holds a part of a secret */
export function assertClean(what: string, text: string): void {
  const small = text.toLowerCase();
  for (let at = 0; at <= small.length - HEAD; at++) {
    if (SUMS[sumAt(small, at)] === 0) continue;
    const found = BY_HEAD.get(small.slice(at, at + HEAD))?.find(([, trace]) => small.startsWith(trace, at));
    const near = `...${text.slice(Math.max(0, at - 150), at + 60)}...`;
    assert.ok(found === undefined, `${what} holds the secret of ${found?.[0]}: ${near}`);
  }
}
