import assert from "node:assert/strict";
import fc from "fast-check";
import type { HttpHeaders } from "../../../lib/transport/http/channel.ts";
import { HttpFault, ReplyParser, type ReplySink } from "../../../lib/transport/http/reply_parser.ts";

/** A reply as it was told. */
class Read implements ReplySink {
  status = 0;
  headers: HttpHeaders = [];
  text = "";
  trailers: HttpHeaders = [];
  keep: boolean | null = null;

  head(status: number, headers: HttpHeaders): void {
    this.status = status;
    this.headers = headers;
  }

  body(bytes: Uint8Array): void {
    this.text += new TextDecoder("latin1").decode(bytes);
  }

  done(trailers: HttpHeaders, keep: boolean): void {
    assert.equal(this.keep, null, "a second end");
    this.trailers = trailers;
    this.keep = keep;
  }
}

const bytesOf = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));

/** Reads a reply in pieces; `closed`: the peer closes after them. */
function read(
  pieces: readonly string[],
  method = "GET",
  closed = true,
): Read & { rest: string; inside: string | null } {
  const read = new Read();
  const parser = new ReplyParser(read);
  parser.expect(method);
  let rest = "";
  for (const piece of pieces) {
    const bytes = bytesOf(piece);
    if (parser.idle) rest += piece;
    else rest += piece.slice(parser.push(bytes, bytes.length));
  }
  return Object.assign(read, { rest, inside: closed && read.keep === null ? parser.close() : null });
}

const faultOf = (text: string, method = "GET"): string => {
  try {
    read([text], method);
  } catch (error) {
    assert.ok(error instanceof HttpFault, String(error));
    return error.message;
  }
  return "";
};

const CHUNKED =
  "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX-A: b\r\n\r\n5;x=y\r\nhello\r\n7 \r\n, world\r\n0\r\nT: 1\r\n\r\n";

Deno.test("a reply with a length, and what follows it", () => {
  const reply = read(["HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX:  two words \r\n\r\nhelloHTTP/1.1"]);
  assert.deepEqual([reply.status, reply.text, reply.keep, reply.rest], [200, "hello", true, "HTTP/1.1"]);
  assert.deepEqual(reply.headers, [["content-length", "5"], ["x", "two words"]]);
});

Deno.test("a chunked reply with extensions and trailers", () => {
  const reply = read([CHUNKED]);
  assert.deepEqual([reply.text, reply.keep, reply.trailers], ["hello, world", true, [["t", "1"]]]);
});

Deno.test("a reply without a length lasts until the close", () => {
  const reply = read(["HTTP/1.1 200 \r\n\r\nall of", " it"]);
  assert.deepEqual([reply.text, reply.keep], ["all of it", false]);
});

Deno.test("replies that have no body, whatever their headers say", () => {
  const cases = [["HEAD", 200], ["GET", 204], ["GET", 304]] as const;
  for (const [method, status] of cases) {
    for (const header of ["content-length: 7\r\n", "transfer-encoding: chunked\r\n", ""]) {
      const reply = read([`HTTP/1.1 ${status} x\r\n${header}\r\n`], method, false);
      assert.deepEqual([reply.status, reply.text, reply.keep], [status, "", true], `${method} ${status} ${header}`);
    }
  }
});

Deno.test("interim replies are passed over, and a flood of them is not", () => {
  const interim = "HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n";
  assert.equal(read([interim + "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 x\r\n\r\n"]).status, 204);
  assert.match(faultOf(interim.repeat(101)), /interim/);
});

Deno.test("when a connection may be kept", () => {
  const kept = (line: string, headers: string) =>
    read([`HTTP/${line} 200 x\r\n${headers}content-length: 0\r\n\r\n`]).keep;
  assert.equal(kept("1.1", ""), true);
  assert.equal(kept("1.1", "Connection: x, Close\r\n"), false);
  assert.equal(kept("1.0", ""), false);
  assert.equal(kept("1.0", "connection: Keep-Alive\r\n"), true);
});

Deno.test("line ends of LF alone, and values folded over lines, are read as the old rules say", () => {
  const reply = read(["HTTP/1.1 200 OK\nX: a\n  b\nContent-Length: 2\n\nhi"]);
  assert.deepEqual([reply.headers[0], reply.text], [["x", "a b"], "hi"]);
});

Deno.test("each malformed reply is refused in words of its own", () => {
  const head = "HTTP/1.1 200 OK\r\n";
  const cases: [string, RegExp][] = [
    ["SSH-2.0-x\r\n", /does not begin as HTTP does: "SSH/],
    ["HTTP/2 200\r\n", /does not begin/],
    ["HTTP/1.1 099 x\r\n", /does not begin/],
    [`${head}no colon\r\n`, /header line/],
    [`${head}a b: c\r\n`, /header line/],
    [`${head}: c\r\n`, /header line/],
    [`${head} c\r\n`, /header line/],
    [`${head}a: b\rc\r\n`, /control character/],
    [`${head}a: b\0\r\n`, /control character/],
    [`${head}content-length: 1\r\ncontent-length: 2\r\n\r\n`, /content-length is malformed: "1, 2"/],
    [`${head}content-length: -1\r\n\r\n`, /content-length/],
    [`${head}content-length: 1e3\r\n\r\n`, /content-length/],
    [`${head}content-length: 1\r\ntransfer-encoding: chunked\r\n\r\n`, /both content-length and transfer-encoding/],
    [`${head}transfer-encoding: gzip, chunked\r\n\r\n`, /"gzip, chunked" is not known/],
    [`${head}transfer-encoding: chunked\r\n\r\nxyz\r\n`, /size is malformed: "xyz"/],
    [`${head}transfer-encoding: chunked\r\n\r\n-1\r\n`, /size is malformed/],
    [`${head}transfer-encoding: chunked\r\n\r\n\r\n`, /size is malformed/],
    [`${head}transfer-encoding: chunked\r\n\r\nfffffffffffffff\r\n`, /size is malformed/],
    [`${head}transfer-encoding: chunked\r\n\r\n2\r\nabc\r\n`, /longer than its size says/],
    [`${head}transfer-encoding: chunked\r\n\r\n2;${"x".repeat(5000)}\r\n`, /size line of a chunk is longer than 4096/],
    [`${head}a: ${"x".repeat(70_000)}\r\n`, /header block is longer than 65536/],
    [`${head}${"a: b\r\n".repeat(20_000)}`, /header block is longer/],
    [`${head}transfer-encoding: chunked\r\n\r\n0\r\n${"a: b\r\n".repeat(20_000)}`, /header block is longer/],
    ["HTTP/1.1 101 x\r\n\r\n", /switches protocols/],
  ];
  for (const [text, words] of cases) assert.match(faultOf(text), words, text.slice(0, 80));
});

Deno.test("a reply cut off says inside what", () => {
  assert.equal(read(["HTTP/1.1 200"]).inside, "the reply's headers");
  assert.equal(read(["HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhell"]).inside, "the reply's body");
  assert.equal(read([CHUNKED.slice(0, -2)]).inside, "the reply's body");
});

Deno.test("any cutting of the bytes gives the same reply", () => {
  const length = "HTTP/1.1 404 Not\r\ncontent-length: 11\r\nx: y\r\n\r\nhello\r\nyou!";
  const whole = [CHUNKED, length, `HTTP/1.1 100 x\r\n\r\n${CHUNKED}`];
  fc.assert(fc.property(fc.constantFrom(...whole), fc.array(fc.nat(150)), (text, places) => {
    const cuts = [0, ...places.map((place) => place % text.length).sort((a, b) => a - b), text.length];
    const pieces = cuts.slice(1).map((cut, index) => text.slice(cuts[index], cut)).filter((piece) => piece !== "");
    assert.deepEqual(read(pieces), read([text]));
  }));
});

Deno.test("mutated replies are read or refused, and never anything else", () => {
  const change = fc.record({ at: fc.nat(200), byte: fc.nat(255), remove: fc.nat(3) });
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 6 }), (changes) => {
      const bytes = [...bytesOf(CHUNKED)];
      for (const { at, byte, remove } of changes) bytes.splice(at % bytes.length, remove, byte);
      const reply = new Read();
      const parser = new ReplyParser(reply);
      parser.expect("GET");
      try {
        parser.push(Uint8Array.from(bytes), bytes.length);
        parser.close();
      } catch (error) {
        assert.ok(error instanceof HttpFault, String(error));
      }
    }),
    { numRuns: 2000, seed: 7 },
  );
});
