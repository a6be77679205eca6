// A gRPC server over Node's http2 (nghttp2) that answers every request with its own bytes and keeps changing its settings.
// Prints `port N` when it listens.
import http2 from "node:http2";

const between = (low, high) => low + Math.floor(Math.random() * (high - low));
const server = http2.createServer({ settings: { maxConcurrentStreams: 100 } });

server.on("session", (session) => {
  session.on("error", () => {});
  let unanswered = 0;
  const change = setInterval(() => {
    // Node ends a session with more than ten settings that the client has not acknowledged.
    if (session.closed || session.destroyed || unanswered > 5) return;
    unanswered++;
    session.settings({
      initialWindowSize: between(1, 200_000),
      maxFrameSize: between(16_384, 200_000),
      maxConcurrentStreams: between(40, 100),
      headerTableSize: between(0, 8192),
    }, () => unanswered--);
    session.ping(() => {});
  }, 5);
  session.on("close", () => clearInterval(change));
  session.on("stream", (stream) => {
    stream.on("error", () => {});
    stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
    const parts = [];
    stream.on("data", (part) => parts.push(part));
    stream.on("end", () => {
      stream.respond({ ":status": 200, "content-type": "application/grpc" }, { waitForTrailers: true });
      stream.end(Buffer.concat(parts));
    });
  });
});
server.listen(0, "127.0.0.1", () => console.log(`port ${server.address().port}`));
process.stdin.on("end", () => process.exit(0)).resume();
