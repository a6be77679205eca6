/** What a plan reads of machines and services while it runs. Plain data. */
import type { MetricsPagePlan } from "./metrics_page.ts";

/** Resources to sample during the run. */
export interface ResourcePlan {
  cpu: boolean;
  memory: boolean;
  gpu: boolean;
  /** GPUs to read, by index, UUID or PCI bus id; absent: all of this machine. */
  gpus?: string[];
  /** Services on this machine whose processes are read; absent: none. */
  processes?: ProcessPlan[];
  /** Pages of metrics to read; absent: none. */
  pages?: MetricsPagePlan[];
  /** Whether pages are looked for beside the services; absent: they are. */
  service_pages?: boolean;
  /** Other machines and containers that are read; absent: none. */
  remote?: RemotePlan[];
}

/** A machine or container that is read through a command prefix. */
export interface RemotePlan extends Pick<ResourcePlan, "cpu" | "memory" | "gpu" | "gpus" | "processes"> {
  /** As reports and rules name it. */
  name: string;
  /** The words before a command that make it run there: `ssh gpu-host`, `docker exec stt`. */
  via: string[];
}

/** A service on this machine. */
export interface ProcessPlan {
  /** As rules and reports name it. */
  name: string;
  by:
    | { kind: "pid"; pid: number }
    /** The name of the process, or of its program. */
    | { kind: "name"; name: string }
    /** The port it listens on. */
    | { kind: "port"; port: number }
    /** Path below the root of the control groups. */
    | { kind: "cgroup"; path: string }
    /** The name or id of a container. */
    | { kind: "container"; name: string };
}
