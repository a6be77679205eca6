/**
 * Where servers and proxies put what they have to say: each row is one way, with the words that a call must end with.
 * The next way is one more row.
 */
import assert from "node:assert/strict";
import { CHANNEL_DEFAULTS, type OpenChannel } from "../../lib/transport/channel.ts";
import * as rpc from "../../proto/rpc_status.ts";
import { run, spec } from "./recorder.ts";
import { data, goaway, headers, type PeerRequest, REPLY, reset, withScriptedPeer } from "./scripted_peer.ts";
import type { Traits } from "./suite.ts";

interface Row {
  title: string;
  answer(request: PeerRequest): unknown;
  /** The gRPC status that the call ends with (any of several, where transports may differ), and words of its details. */
  code: number | number[];
  says: RegExp;
  /** Words that must not be told. */
  never?: RegExp;
  /** A limit on the call; milliseconds. */
  timeout_ms?: number;
  /** What a transport must be able to do. */
  needs?: keyof Traits;
}

const FULL = { ...REPLY, "grpc-status": "8", "grpc-message": "quota%20of llm reached" };
const UTF8 = (text: string) => [...new TextEncoder().encode(text)];
/** The client lives on this thread, so that it can read what was sent only after a deadline of 60 ms. */
const late = (sent: Promise<void>) => {
  for (const from_ms = performance.now(); performance.now() - from_ms < 120;);
  return sent;
};
const pause = (wait_ms: number) => new Promise((resolve) => setTimeout(resolve, wait_ms));

/** A status in the first headers, where trailers should have it: proxies turn trailers-only replies into this. */
const EARLY: Row[] = [
  {
    title: "a status in the first headers, then an empty DATA frame",
    answer: ({ stream, send }) => send(headers(stream, FULL), data(stream, [], true)),
    code: 8,
    says: /^quota of llm reached$/,
  },
  {
    title: "a status in the first headers, then a reset",
    answer: ({ stream, send }) => send(headers(stream, FULL), reset(stream, 0)),
    code: 8,
    says: /^quota of llm reached$/,
  },
  {
    title: "a status in the first headers, then trailers without one",
    answer: ({ stream, send }) => send(headers(stream, FULL), headers(stream, { "x-proxy": "1" }, true)),
    code: 8,
    says: /^quota of llm reached$/,
  },
  {
    title: "a status in the first headers, then the end of the connection",
    answer: async ({ stream, send, close }) => {
      await send(headers(stream, FULL));
      close();
    },
    code: 8,
    says: /^quota of llm reached$/,
  },
  {
    title: "a status in the first headers and another in the trailers, which stands",
    answer: ({ stream, send }) =>
      send(headers(stream, FULL), headers(stream, { "grpc-status": "5", "grpc-message": "gone" }, true)),
    code: 5,
    says: /^gone$/,
  },
];

/** Details of `google.rpc` where the message is empty. */
const DETAILS: Row[] = [
  ["the message of google.rpc.Status", { code: 8, message: "GPU pool exhausted" }, /^GPU pool exhausted$/],
  [
    "an ErrorInfo with its metadata",
    {
      code: 8,
      details: [rpc.detail("ErrorInfo", { reason: "NO_GPU", domain: "llm.example", metadata: { pool: "a" } })],
    },
    /^NO_GPU \(llm\.example, pool: a\)$/,
  ],
  [
    "a DebugInfo",
    { code: 8, details: [rpc.detail("DebugInfo", { detail: "queue full at 12" })] },
    /^queue full at 12$/,
  ],
  [
    "a RetryInfo behind the message",
    { code: 8, message: "busy", details: [rpc.detail("RetryInfo", { retry_delay: { seconds: 3, nanos: 5e8 } })] },
    /^busy; try again after 3\.5 s$/,
  ],
  [
    "violations of a quota, a precondition and a field",
    {
      code: 8,
      details: [
        rpc.detail("QuotaFailure", { violations: [{ subject: "tenant 7", description: "10 calls a minute" }] }),
        rpc.detail("PreconditionFailure", { violations: [{ type: "TOS", subject: "a", description: "not accepted" }] }),
        rpc.detail("BadRequest", { field_violations: [{ field: "text", description: "is too long" }] }),
      ],
    },
    /^tenant 7: 10 calls a minute; a: not accepted; text: is too long$/,
  ],
  [
    "a localised message, a resource and a request's id",
    {
      code: 8,
      details: [
        rpc.detail("LocalizedMessage", { locale: "en", message: "Please wait" }),
        rpc.detail("ResourceInfo", { resource_type: "model", resource_name: "m1", description: "is loading" }),
        rpc.detail("RequestInfo", { request_id: "r-9" }),
        rpc.detail("Help", { links: [{ description: "quotas", url: "https://example.com/q" }] }),
      ],
    },
    /^Please wait; model m1: is loading; request r-9; quotas: https:\/\/example\.com\/q$/,
  ],
  [
    "a detail of a type that nobody here knows, by its name",
    { code: 8, details: [{ type_url: "type.googleapis.com/acme.Why", value: new Uint8Array([1]) }] },
    /^acme\.Why$/,
  ],
].map(([title, status, says]) => ({
  title: `no message, but ${title}`,
  answer: ({ stream, send }) =>
    send(
      headers(stream, REPLY),
      headers(stream, { "grpc-status": "8", "grpc-message": "", ...detailsOf(status as never) }, true),
    ),
  code: 8,
  says: says as RegExp,
}));

function detailsOf(status: Parameters<typeof rpc.RpcStatus.encode>[0]): Record<string, string> {
  return { "grpc-status-details-bin": rpc.RpcStatus.encode(status).toBase64().replace(/=+$/, "") };
}

const MORE_DETAILS: Row[] = [
  {
    title: "a message of its own, which is enough",
    answer: ({ stream, send }) =>
      send(headers(stream, { ...FULL, ...detailsOf({ code: 8, message: "other words" }) }, true)),
    code: 8,
    says: /^quota of llm reached$/,
  },
  {
    title: "details that are no google.rpc.Status",
    answer: ({ stream, send }) =>
      send(headers(stream, { ...REPLY, "grpc-status": "8", "grpc-status-details-bin": "/////w" }, true)),
    code: 8,
    says: /^$/,
  },
];

/** A GOAWAY in whose wake the connection closes. */
const FAREWELLS: Row[] = [
  {
    title: "GOAWAY with code and words, then the end of the connection, for a stream it let go on",
    answer: async ({ stream, send, close }) => {
      await send(goaway(stream, 11, "too_many_pings"));
      await pause(20);
      close();
    },
    code: [14, 8],
    says: /ENHANCE_YOUR_CALM: too_many_pings/,
    needs: "farewells",
  },
  {
    title: "GOAWAY with code and words, then resets",
    answer: ({ stream, send }) => send(goaway(stream, 2, "out of memory"), reset(stream, 2)),
    code: 13,
    says: /INTERNAL_ERROR: out of memory/,
    needs: "farewells",
  },
  {
    title: "a first GOAWAY without a reason, then one with words",
    answer: async ({ stream, send, close }) => {
      await send(goaway(0x7fffffff), goaway(stream, 0, "max_age"));
      await pause(20);
      close();
    },
    code: 14,
    says: /NO_ERROR: max_age/,
    needs: "farewells",
  },
];

/** What a proxy writes instead of a gRPC reply. */
const PAGES: Row[] = [
  [
    "plain text",
    503,
    "text/plain",
    "upstream connect error or disconnect\nmore",
    14,
    /: upstream connect error or dis/,
  ],
  ["text after empty lines", 502, "text/plain", "\n\n  no healthy upstream  \n", 14, /: no healthy upstream$/],
  [
    "a page, by its title",
    503,
    "text/html",
    "<html>\r\n<head><title>503 Service Temporarily Unavailable</title></head>\r\n<body>",
    14,
    /: 503 Service Temporarily Unavailable$/,
  ],
  ["a page without a title", 500, "text/html", "<p>The <b>model</b> crashed</p>\n<p>x</p>", 2, /: The model crashed$/],
  [
    "JSON over several lines",
    429,
    "application/json",
    '{\n  "error": "slow down"\n}',
    14,
    /: \{ "error": "slow down" \}$/,
  ],
  ["text at 200", 200, "text/plain", "hello from another port", 2, /HTTP status 200 .*: hello from another port$/],
].map(([title, status, type, body, code, says]) => ({
  title: `no gRPC but ${title}`,
  answer: ({ stream, send }) =>
    send(
      headers(stream, { ":status": `${status}`, "content-type": `${type}` }),
      ...UTF8(`${body}`).map((byte) => data(stream, [byte])),
      data(stream, [], true),
    ),
  code: code as number,
  says: says as RegExp,
  needs: "pages",
}));

const MORE_PAGES: Row[] = [
  {
    title: "no gRPC, and a body that never ends, which costs no more than a moment",
    answer: ({ stream, send }) =>
      send(headers(stream, { ":status": "503", "content-type": "text/plain" }), data(stream, UTF8("overloaded"))),
    code: 14,
    says: /: overloaded$/,
    timeout_ms: 4000,
    needs: "pages",
  },
  {
    title: "no gRPC, and no body at all within the deadline: the status that came is told, not the deadline",
    answer: ({ stream, send }) => send(headers(stream, { ":status": "503", "content-type": "text/plain" })),
    code: 14,
    says: /HTTP status 503/,
    timeout_ms: 300,
    needs: "pages",
  },
  {
    title: "a proxy's page that is read once the deadline has passed: the deadline is told",
    answer: ({ stream, send }) => late(send(headers(stream, { ":status": "502" }, true))),
    code: 4,
    says: /^The deadline passed$/,
    timeout_ms: 60,
  },
  {
    title: "a proxy's reset between two messages, read once the deadline has passed: the deadline is told",
    answer: ({ stream, send }) => late(send(headers(stream, REPLY), data(stream, [0, 0, 0, 0, 0]), reset(stream, 2))),
    code: 4,
    says: /^The deadline passed$/,
    timeout_ms: 60,
  },
  {
    title: "no gRPC but a compressed page, of which nothing can be quoted",
    answer: ({ stream, send }) =>
      send(
        headers(stream, { ":status": "503", "content-type": "text/html", "content-encoding": "gzip" }),
        data(stream, [0x1f, 0x8b, 8, 0, 0x41, 0x42], true),
      ),
    code: 14,
    says: /HTTP status 503/,
    never: /AB/,
    needs: "pages",
  },
];

const ROWS: Row[] = [...EARLY, ...DETAILS, ...MORE_DETAILS, ...FAREWELLS, ...PAGES, ...MORE_PAGES];

/** Registers the cases. */
export function wordsCases(name: string, open: OpenChannel, traits: Traits): void {
  for (const { title, answer, code, says, never, timeout_ms = 5000, needs } of ROWS) {
    if (needs !== undefined && !traits[needs]) continue;
    Deno.test({
      name: `${name}, what a peer says: ${title}`,
      sanitizeOps: false,
      sanitizeResources: false,
      fn: () =>
        withScriptedPeer(answer, async (target) => {
          const channel = open(target, CHANNEL_DEFAULTS);
          try {
            await channel.connect();
            for (const method of [spec("EmptyCall"), spec("StreamingOutputCall")]) {
              const { status, recorder } = await run(channel, method, new Uint8Array(), timeout_ms);
              assert.ok([code].flat().includes(status.code), `${status.code}: ${status.details}`);
              assert.match(status.details, says);
              if (never !== undefined) assert.doesNotMatch(status.details, never);
              assert.deepEqual(recorder.violations, []);
            }
          } finally {
            await channel.close();
          }
        }),
    });
  }
  Deno.test({
    name: `${name}, what a peer says: OK in the first headers is no proof that a reply is whole`,
    sanitizeOps: false,
    sanitizeResources: false,
    fn: () =>
      withScriptedPeer(
        ({ stream, send }) =>
          send(headers(stream, { ...REPLY, "grpc-status": "0" }), data(stream, [0, 0, 0, 0, 0], true)),
        async (target) => {
          const channel = open(target, CHANNEL_DEFAULTS);
          const { status } = await run(channel, spec("StreamingOutputCall"), new Uint8Array(), 5000);
          await channel.close();
          assert.notEqual(status.code, 0);
        },
      ),
  });
}
