/** Short loads on one service. */
import type { Tree } from "./row.ts";

/** What a load is made of. */
export interface Load {
  /** Keys of the service beside `host`. */
  service?: Tree;
  /** Keys of the scenario that replace the usual ones. */
  scenario?: Tree;
}

/** Six users, four seconds, one second for half of the answers, which take 0.2 s. */
const USUAL = {
  users: 6,
  spawn_rate: 100,
  think_time: "50ms-100ms",
  duration: "4s",
  grace: "3s",
  thresholds: ["error_rate < 1%", "p95(response_time) < 1s"],
};

/** Calls of June's language model at `host`, with deadlines of 2 s. */
export function chats(host: string, { service = {}, scenario = {} }: Load = {}): Tree {
  const llm = { host, timeout: "2s", ...service };
  const trust = { ...USUAL, tasks: { "llm.generate": 1, "llm.chat_stream": 1 }, ...scenario };
  return { services: { grpc: { llm } }, scenarios: { trust } };
}

/** Exchanges with a service of one's own: `service` has its protocol, address and exchanges. */
export function exchanges(service: Tree, scenario: Tree = {}): Tree {
  const gw = { timeout: "2s", ...service };
  return { services: { calls: { gw } }, scenarios: { trust: { ...USUAL, tasks: { "call@gw": 1 }, ...scenario } } };
}
