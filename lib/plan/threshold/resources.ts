/** Readings of machines, services and connections: what rules, comparisons and charts can ask of them, and how it is called. */
import type { MeasureUnit } from "./measure_units.ts";

/** What a reading is of. A `process` and `connections` are of one service each, a `service` is a page of metrics. */
export type ResourceOwner = "host" | "own" | "gpu" | "process" | "connections" | "service";

/** What is known of a reading. */
export interface ResourceFacts {
  of: ResourceOwner;
  unit: MeasureUnit;
  /** What it is called behind the name of its owner: `GPU 1 SM clock`. */
  words: string;
  /** It follows the response time by itself: more calls are in flight when each takes longer. */
  follows?: true;
  /** Beside the latency in a comparison and a history; false: in files for programs alone. */
  compared?: false;
}

const fact = (of: ResourceOwner) => (unit: MeasureUnit, words: string, more: Partial<ResourceFacts> = {}) =>
  ({ of, unit, words, ...more }) as const;
const [host, own, gpu, process, connections, service] = [
  fact("host"),
  fact("own"),
  fact("gpu"),
  fact("process"),
  fact("connections"),
  fact("service"),
];
const RARE = { compared: false } as const;

/** Every reading by the name that rules call it. */
export const RESOURCES = {
  "gpu.memory_used": gpu("bytes", "memory"),
  "gpu.utilization": gpu("ratio", "use"),
  "gpu.power": gpu("watt", "power"),
  "gpu.sm_clock": gpu("megahertz", "SM clock"),
  "gpu.memory_clock": gpu("megahertz", "memory clock", RARE),
  "gpu.temperature": gpu("celsius", "temperature"),
  "gpu.memory_temperature": gpu("celsius", "memory temperature", RARE),
  "gpu.power_capped": gpu("ratio", "power cap active"),
  "gpu.heat_slowed": gpu("ratio", "slowed by heat"),
  "gpu.hardware_slowed": gpu("ratio", "slowed by its hardware"),
  "gpu.memory_utilization": gpu("ratio", "memory controller busy", RARE),
  "gpu.fan": gpu("ratio", "fan", RARE),
  "gpu.encoder": gpu("ratio", "encoder busy", RARE),
  "gpu.decoder": gpu("ratio", "decoder busy", RARE),
  "gpu.pcie_generation": gpu("count", "PCIe generation", RARE),
  "gpu.pcie_width": gpu("count", "PCIe lanes", RARE),
  "gpu.ecc_uncorrected": gpu("count", "memory errors not corrected", RARE),
  "host.cpu": host("ratio", "CPU"),
  "host.memory": host("bytes", "memory"),
  "host.busiest_core": host("ratio", "busiest core", RARE),
  "host.steal": host("ratio", "CPU taken by other machines", RARE),
  "host.throttled": host("ratio", "CPU limit reached", RARE),
  "host.load": host("count", "load average", RARE),
  "host.swap_used": host("bytes", "swap", RARE),
  "host.network_received": host("bytes_per_s", "network received", RARE),
  "host.network_sent": host("bytes_per_s", "network sent", RARE),
  "host.disk_read": host("bytes_per_s", "disks read", RARE),
  "host.disk_written": host("bytes_per_s", "disks written", RARE),
  "host.disk_busy": host("ratio", "busiest disk", RARE),
  "host.tcp_retransmits": host("per_s", "TCP segments sent again", RARE),
  "host.sockets": host("count", "sockets", RARE),
  "host.descriptors": host("count", "open files", RARE),
  "host.temperature": host("celsius", "temperature", RARE),
  "own.cpu": own("ratio", "CPU (100 % is one core)"),
  "own.memory": own("bytes", "memory", RARE),
  "own.descriptors": own("count", "open files", RARE),
  "process.cpu": process("ratio", "CPU (100 % is one core)"),
  "process.memory": process("bytes", "memory"),
  "process.threads": process("count", "threads", RARE),
  "process.descriptors": process("count", "open files", RARE),
  "connections.open": connections("count", "connections", RARE),
  "connections.waiting": connections("count", "calls waiting for a stream", { ...RARE, follows: true }),
  "connections.streams": connections("count", "streams in flight", { ...RARE, follows: true }),
  "connections.reopened": connections("per_s", "connections opened again", RARE),
  "connections.lost": connections("per_s", "connections lost", RARE),
  "connections.goaways": connections("per_s", "connections told to go (GOAWAY)", RARE),
  "connections.failed": connections("per_s", "connections that could not be opened", RARE),
  "connections.ping": connections("us", "round trip of pings", RARE),
  "connections.wait": connections("us", "wait for a connection or stream", { ...RARE, follows: true }),
  "service.queue_time": service("us", "queue time"),
  "service.waiting_requests": service("count", "requests waiting"),
  "service.running_requests": service("count", "requests running", { ...RARE, follows: true }),
  "service.batch_size": service("count", "batch size", RARE),
  "service.kv_cache": service("ratio", "KV cache in use"),
  "service.tokens": service("per_s", "tokens made", RARE),
  "service.preemptions": service("per_s", "preemptions", RARE),
  "service.gpu_utilization": service("ratio", "GPU busy"),
  "service.gpu_memory_used": service("bytes", "GPU memory"),
  "service.gpu_power": service("watt", "GPU power"),
  "service.gpu_sm_clock": service("megahertz", "GPU clock"),
  "service.gpu_temperature": service("celsius", "GPU temperature"),
  "service.memory": service("bytes", "memory"),
  "service.cpu": service("ratio", "CPU"),
} as const satisfies Record<string, ResourceFacts>;

/** Name of a reading. */
export type Resource = keyof typeof RESOURCES;
/** All of them. */
export const RESOURCE_NAMES = Object.keys(RESOURCES) as Resource[];

/** What is known of a reading, by its name. */
export function resourceFacts(name: Resource): ResourceFacts {
  return RESOURCES[name];
}

/** Whether there may be several of an owner, so that a rule may name one: `max(process.memory, stt)`. */
export function hasDevices(name: Resource): boolean {
  return !["host", "own"].includes(RESOURCES[name].of);
}
