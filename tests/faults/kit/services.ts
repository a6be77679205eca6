/** What rows put before june-load; everything ends with its row. */
import type { SimulatorOptions } from "../../../lib/sim/options.ts";
import { GenerationResponse } from "../../../proto/llm.ts";
import { data, headers, type PeerRequest, REPLY, withScriptedPeer } from "../../conformance/scripted_peer.ts";
import { type Service, startService } from "../../trust/kit/service.ts";
import { makeNetwork, type Network } from "./network.ts";
import { openRelay, type Relay } from "./relay.ts";
import type { Place } from "./row.ts";

/** June's services in a process of their own, every answer in 0.2 s. */
export async function serve(
  { later }: Place,
  options: Partial<SimulatorOptions> = {},
  around: readonly string[] = [],
): Promise<Service> {
  const service = await startService(options, around);
  later(() => service.stop());
  return service;
}

/** The same behind a relay. */
export async function serveThroughRelay(place: Place): Promise<Relay> {
  const service = await serve(place);
  const relay = await openRelay(service.addresses.llm);
  place.later(() => relay.close());
  return relay;
}

/** The same in a network of its own, for june-load to be run in. */
export async function serveInNetwork(
  place: Place,
  options: Partial<SimulatorOptions> = {},
): Promise<{ service: Service; network: Network } | string> {
  const network = await makeNetwork();
  if (typeof network === "string") return network;
  place.later(() => network.remove());
  return { service: await serve(place, options, network.around), network };
}

/** A gRPC peer that answers each request as `answer` says; its address. */
export function peer({ later }: Place, answer: (request: PeerRequest) => unknown): Promise<string> {
  const opened = Promise.withResolvers<string>();
  const over = Promise.withResolvers<void>();
  const running = withScriptedPeer(answer, async (target) => {
    opened.resolve(target);
    await over.promise;
  });
  running.catch(opened.reject);
  later(() => {
    over.resolve();
    return running;
  });
  return opened.promise;
}

/** A whole answer of June's language model to `Generate`. */
export function whole(stream: number): number[] {
  const message = GenerationResponse.encode({ text: "Hello there." });
  return [
    ...headers(stream, REPLY),
    ...data(stream, [0, 0, 0, 0, message.length, ...message]),
    ...headers(stream, { "grpc-status": "0" }, true),
  ];
}

/** An HTTP/1.1 server in this process; its address. */
export function http(place: Place, answer: (request: Request) => Response | Promise<Response>): string {
  // A body without an end goes on until it is broken off.
  const ending = new AbortController();
  const { addr: { port } } = Deno.serve(
    { hostname: "127.0.0.1", port: 0, signal: ending.signal, onListen() {}, onError: () => new Response() },
    answer,
  );
  place.later(() => ending.abort());
  return `http://127.0.0.1:${port}`;
}
