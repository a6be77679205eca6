/** A simulator in a process of its own: what freezes june-load does not freeze it, and the other way round. */
import { startSimulator } from "../../../lib/sim/simulator.ts";

const simulator = await startSimulator(JSON.parse(Deno.args[0] ?? "{}"));
console.log(JSON.stringify({ addresses: simulator.addresses, http_address: simulator.http_address }));
// Its parent holds standard input open as long as it lives.
for await (const _ of Deno.stdin.readable);
Deno.exit(0);
