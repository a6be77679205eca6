import assert from "node:assert/strict";
import type { LoadPlan, Plan, ServicePlan } from "../../lib/plan/plan.ts";
import { VISITORS_DESCRIPTORS } from "../../lib/live/gate/gate.ts";
import { checkRoom, checkSimulatorRoom, isScarce, needsOf, roomWarnings } from "../../lib/run/machine_room.ts";
import { closedLoad, constantPause, task } from "../plans.ts";
import type { LocalPorts } from "../../lib/resources/ports.ts";
import { SERVICES } from "../driver/workbench.ts";
import { restService } from "../driver/rest/bench.ts";
import { socketService } from "../driver/websocket/bench.ts";
import { makePlan } from "../result/make_run.ts";
import { OPEN } from "../verdict/made_run.ts";

const USERS = closedLoad(200, 10, 60_000, constantPause(0));

/** A plan of one service, on two workers. */
function plan(service: ServicePlan, load: LoadPlan = USERS, more: Partial<Plan> = {}): Plan {
  const tasks = [{ ...task("llm.chat"), services: [service.name] }];
  return makePlan({ services: [service], tasks, loads: [load], workers: 2, ...more });
}

const connections = (made: Plan) => [...needsOf(made, 20, false).connections];

Deno.test("needsOf() counts connections by what carries the calls", () => {
  const rest = restService("a:1", [{}], {}, { connections: 256 });
  assert.deepEqual(connections(plan({ ...SERVICES.llm, address: "a:1", connections: 3 })), [["a:1", 6]]);
  assert.deepEqual(connections(plan(rest)), [["a:1", 200]], "one for each user");
  assert.deepEqual(connections(plan({ ...rest, connections: 4 })), [["a:1", 8]], "no more than it may open");
  const open = (max_in_flight: number) => plan(rest, { ...OPEN, max_in_flight } as LoadPlan);
  assert.deepEqual(
    [connections(open(90)), connections(open(9000))],
    [[["a:1", 90]], [["a:1", 512]]],
    "as many as may be",
  );
  const http2 = restService("a:1", [{}], { http_version: "2" }, { connections: 5 });
  assert.deepEqual(connections(plan(http2)), [["a:1", 10]]);
  assert.deepEqual(connections(plan(socketService("a:1"))), [["a:1", 200]]);
  const proxied = { ...rest, proxy: { address: "p:9", authorization: null } } as unknown as ServicePlan;
  assert.deepEqual(connections(plan(proxied)), [["p:9", 200]]);
  assert.deepEqual(connections(plan(rest, USERS, { tasks: [task("llm.chat")] })), [["a:1", 0]], "no task calls it");
});

Deno.test("services at one address share its ports", () => {
  const [a, b] = [1, 2].map((n) => ({ ...restService("a:1", [{}], {}, { connections: 256 }), name: `s${n}` }));
  const tasks = [a, b].map((one) => ({ ...task("llm.chat"), services: [one?.name ?? ""] }));
  const made = makePlan({ services: [a, b] as ServicePlan[], tasks, loads: [USERS], workers: 2 });
  assert.deepEqual(connections(made), [["a:1", 400]]);
});

const ports = (all: number, taken = 0): LocalPorts => ({ all, takenFor: (port) => port === 1 ? taken : 0 });

Deno.test("ports that are in use are none for a plan", () => {
  const needs = needsOf(plan(restService("a:1", [{}], {}, { connections: 256 })), 20, false);
  const limits = { descriptors: Infinity, open: 20 };
  assert.deepEqual(roomWarnings(needs, { ...limits, ports: ports(210, 10) }), []);
  const [words, ...more] = roomWarnings(needs, { ...limits, ports: ports(210, 11) });
  assert.match(
    words ?? "",
    /up to 200 connections to a:1, .+ has 210 local ports for them, 11 of which are in use \(EADDR/,
  );
  assert.deepEqual(more, []);
});

Deno.test("roomWarnings() names the limit, the need and the command that raises it", () => {
  const needs = needsOf(plan(restService("a:1", [{}], {}, { connections: 256 })), 20, false);
  assert.deepEqual(roomWarnings(needs, { descriptors: 1024, open: 20, ports: ports(28_232) }), []);
  assert.deepEqual(roomWarnings(needs, { descriptors: null, open: null, ports: null }), [], "not known");
  const [files, local, ...more] = roomWarnings(needs, { descriptors: 100, open: 20, ports: ports(41) });
  assert.deepEqual(more, []);
  assert.match(files ?? "", /needs up to 258 files and connections, .+ may open 100 \(EMFILE\): run `ulimit -n 65536`/);
  assert.match(local ?? "", /up to 200 connections to a:1, .+ has 41 local ports .+\(EADDRNOTAVAIL\): run `sysctl -w/);
  const unix = needsOf(plan(restService("unix:/a", [{}], {}, { connections: 256 })), 20, false);
  assert.deepEqual(roomWarnings(unix, { descriptors: Infinity, open: 20, ports: ports(41) }), []);
});

Deno.test("a simulator in the same process takes a thread and the other end of each connection", () => {
  const made = plan(restService("a:1", [{}], {}, { connections: 256 }));
  const limits = { descriptors: 300, open: 20, ports: null };
  assert.deepEqual([isScarce(needsOf(made, 20, false), limits), isScarce(needsOf(made, 20, true), limits)], [
    false,
    true,
  ]);
});

Deno.test("visitors of the live page count as what a plan may need, and keep no run from starting", () => {
  const made = plan(restService("a:1", [{}], {}, { connections: 256 }));
  const limits = { descriptors: 300, open: 20, ports: null };
  const [alone, served] = [needsOf(made, 20, false), needsOf(made, 20, false, VISITORS_DESCRIPTORS)];
  assert.deepEqual([isScarce(alone, limits), isScarce(served, limits)], [false, true]);
  assert.match(roomWarnings(served, limits)[0] ?? "", /needs up to 450 files and connections/);
  checkRoom(made, served, { descriptors: served.base, open: 20, ports: null });
});

Deno.test("checkRoom() refuses a plan whose workers cannot start", () => {
  const made = plan(SERVICES.llm);
  const needs = needsOf(made, 20, false);
  checkRoom(made, needs, { descriptors: needs.base, open: 20, ports: null });
  assert.throws(() => checkRoom(made, needs, { descriptors: needs.base - 1, open: 20, ports: null }), {
    name: "UserError",
    message: /^june-load may open 57 files and connections, and needs 58 for 2 workers alone \(EMFILE\): run `ulimit/,
  });
});

Deno.test("checkSimulatorRoom() refuses a simulator whose worker cannot start", () => {
  checkSimulatorRoom({ descriptors: 27, open: 10, ports: null });
  checkSimulatorRoom({ descriptors: null, open: null, ports: null });
  assert.throws(() => checkSimulatorRoom({ descriptors: 26, open: 10, ports: null }), {
    name: "UserError",
    message:
      /^june-load may open 26 files and connections, and needs 27 for the simulator alone \(EMFILE\): run `ulimit/,
  });
});

Deno.test("needsOf() counts a connection for each page of metrics, planned or looked for", () => {
  const page = { name: "p", address: "a:1", path: "/m", tls: null, headers: [], interval_ms: 1, timeout_ms: 1 };
  const base = (resources: Partial<Plan["resources"]>, service: ServicePlan) =>
    needsOf(plan(service, USERS, { resources: { cpu: true, memory: true, gpu: true, ...resources } }), 20, false).base;
  const none = base({}, restService("a:1", [{}]));
  assert.equal(base({ pages: [page, page] }, restService("a:1", [{}])) - none, 2);
  const llm: ServicePlan = { ...SERVICES.llm, protocol: "openai" };
  assert.deepEqual([base({}, llm) - none, base({ service_pages: false }, llm) - none], [1, 0]);
});
