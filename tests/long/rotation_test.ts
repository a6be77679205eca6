/** A proxy that tells each connection to go after 20 requests, as nginx does after `keepalive_requests`. */
import assert from "node:assert/strict";
import type { Channel, ChannelOptions, ChannelStats, Status } from "../../lib/transport/channel.ts";
import { StatusCode } from "../../lib/transport/status.ts";
import { decode, encode, payload } from "../conformance/interop_messages.ts";
import { run, spec, start } from "../conformance/recorder.ts";
import { certificates, removeCertificates } from "../conformance/certificates.ts";
import { withOpenChannel } from "../conformance/suite.ts";
import { PLAIN_TLS } from "../conformance/tls_cases.ts";
import { startNginx } from "../foreign/servers/nginx.ts";
import { TRANSPORTS } from "../foreign/transports.ts";

const REQUESTS_PER_CONNECTION = 20;
const CALLS = 4000;
const USERS = 20;

/** One call from beginning to end; it checks what came if the status is OK. */
type Work = (channel: Channel) => Promise<Status>;

Deno.test.afterAll(removeCertificates);
for (const { name, open, traits } of TRANSPORTS) {
  const test = (title: string, secure: boolean, options: Partial<ChannelOptions>, work: Work) =>
    Deno.test({
      name: `${name} with nginx that rotates connections: ${title}`,
      sanitizeOps: false,
      sanitizeResources: false,
      async fn() {
        const made = secure ? await certificates() : null;
        const server = await startNginx({
          keepalive_requests: REQUESTS_PER_CONNECTION,
          ...(made && { tls: made.server }),
        });
        const tls = made && { ...PLAIN_TLS, ca_pem: made.ca.cert_pem };
        try {
          await withOpenChannel(open, server.target, { ...options, tls }, async (channel) => {
            const statuses = await callMany(channel, work);
            check(statuses, channel.stats(), traits.moves && options.transparentRetry !== false);
          });
        } finally {
          await server.kill();
        }
      },
    });
  test("unary calls over one connection", false, {}, unary);
  test("unary calls over four connections", false, { connections: 4 }, unary);
  test("unary calls over four connections with TLS", true, { connections: 4 }, unary);
  test("streams both ways over four connections", false, { connections: 4 }, duplex);
  if (traits.moves) test("calls that may not move", false, { connections: 4, transparentRetry: false }, unary);
}

async function callMany(channel: Channel, work: Work): Promise<Status[]> {
  const statuses: Status[] = [];
  let left = CALLS;
  const user = async () => {
    while (left-- > 0) statuses.push(await work(channel));
  };
  await Promise.all(Array.from({ length: USERS }, user));
  return statuses;
}

/** No call may fail but those that a transport without moves cannot save; all rotations and moves are counted. */
function check(statuses: readonly Status[], stats: ChannelStats, moves: boolean): void {
  const saved = (status: Status) => status.code === 0;
  const unprocessed = ({ code, origin }: Status) => code === StatusCode.UNAVAILABLE && origin === "connection";
  const unexpected = statuses.filter((status) => !saved(status) && (moves || !unprocessed(status)));
  assert.deepEqual(kinds(unexpected), {});
  assert.ok(moves || !statuses.every(saved), "Calls were saved that could not be");
  assert.equal(statuses.length, CALLS);
  const rotations = CALLS / REQUESTS_PER_CONNECTION;
  const { reconnects_total, moves_total } = stats;
  assert.ok(reconnects_total > rotations * 0.8 && reconnects_total < rotations * 2, `${reconnects_total} reconnects`);
  assert.ok(moves === moves_total > 0, `${moves_total} moves`);
}

/** How often each kind of end was met. */
function kinds(statuses: readonly Status[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { code, details, origin } of statuses) {
    const kind = `${code} ${origin} ${details}`;
    counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return counts;
}

async function unary(channel: Channel): Promise<Status> {
  const request = encode("SimpleRequest", { response_size: 1000, payload: payload(1000) });
  const { status, recorder } = await run(channel, spec("UnaryCall"), request);
  assert.deepEqual(recorder.violations, []);
  if (status.code === 0) assert.equal(decode("SimpleResponse", recorder.messages[0]!).payload?.body.length, 1000);
  return status;
}

async function duplex(channel: Channel): Promise<Status> {
  const { call, recorder } = start(channel, spec("FullDuplexCall"), null);
  const request = encode("StreamingOutputCallRequest", { response_parameters: [{ size: 100 }] });
  for (let i = 0; i < 3; i++) call.write(request);
  call.halfClose();
  const status = await recorder.ended;
  assert.deepEqual(recorder.violations, []);
  if (status.code === 0) assert.equal(recorder.messages.length, 3);
  return status;
}
