/** The pages of exporters of machines and GPUs. */
import { gauge, largest, metric, type Preset, quotient, rate, type SeriesFormula } from "./formula.ts";

const MIB = 2 ** 20;
const SHARE = 100;

const off = (formula: SeriesFormula, name: string): SeriesFormula => ({ ...formula, off: name });

/**
 * NVIDIA's DCGM exporter. Source: its etc/default-counters.csv and etc/dcp-metrics-included.csv, and dcgm_fields.h: memory
 * is in MiB, activity a share of 1. Left out: violation times and PCIe, whose units differ between versions of DCGM.
 */
export const DCGM: Preset = {
  label: "DCGM exporter",
  marks: ["DCGM_FI_"],
  by: ["gpu", "GPU_I_ID", "Hostname"],
  machine: true,
  switchOn: "take the # from their lines in its counters file (/etc/dcgm-exporter/default-counters.csv), or start it " +
    "with -f FILE, a file that has them; profiling (PROF) fields need a data-centre GPU and no other profiler",
  series: [
    largest("gpu_utilization_percent", "DCGM_FI_DEV_GPU_UTIL"),
    gauge("gpu_memory_used_bytes", "DCGM_FI_DEV_FB_USED", MIB),
    {
      series: "gpu_memory_total_bytes",
      formula: { kind: "gauge", of: [metric("DCGM_FI_DEV_FB_USED"), metric("DCGM_FI_DEV_FB_FREE")], over: "sum" },
      scale: MIB,
    },
    gauge("gpu_power_w", "DCGM_FI_DEV_POWER_USAGE"),
    off(gauge("gpu_power_limit_w", "DCGM_FI_DEV_POWER_MGMT_LIMIT"), "DCGM_FI_DEV_POWER_MGMT_LIMIT"),
    largest("gpu_temperature_c", "DCGM_FI_DEV_GPU_TEMP"),
    largest("gpu_memory_temperature_c", "DCGM_FI_DEV_MEMORY_TEMP"),
    largest("gpu_sm_clock_mhz", "DCGM_FI_DEV_SM_CLOCK"),
    largest("gpu_memory_clock_mhz", "DCGM_FI_DEV_MEM_CLOCK"),
    largest("gpu_memory_busy_percent", "DCGM_FI_DEV_MEM_COPY_UTIL"),
    off(largest("gpu_sm_active_percent", "DCGM_FI_PROF_SM_ACTIVE", SHARE), "DCGM_FI_PROF_SM_ACTIVE"),
    off(largest("gpu_tensor_percent", "DCGM_FI_PROF_PIPE_TENSOR_ACTIVE", SHARE), "DCGM_FI_PROF_PIPE_TENSOR_ACTIVE"),
    off(largest("gpu_dram_percent", "DCGM_FI_PROF_DRAM_ACTIVE", SHARE), "DCGM_FI_PROF_DRAM_ACTIVE"),
    off(
      largest("gpu_clock_event_mask", ["DCGM_FI_DEV_CLOCKS_EVENT_REASONS", "DCGM_FI_DEV_CLOCK_THROTTLE_REASONS"]),
      "DCGM_FI_DEV_CLOCKS_EVENT_REASONS (before DCGM 4: DCGM_FI_DEV_CLOCK_THROTTLE_REASONS)",
    ),
    largest("gpu_xid", "DCGM_FI_DEV_XID_ERRORS"),
  ],
};

const CPU = "node_cpu_seconds_total";
/** Interfaces within the machine. */
const INSIDE = { device: ["lo", "veth*", "docker*", "br-*", "virbr*", "cni*", "flannel*", "cali*", "ifb*"] };
/** Devices whose work is that of others. */
const VIRTUAL = { device: ["loop*", "ram*", "dm-*", "md*", "zram*", "sr*"] };

/** Prometheus' node exporter, with its default collectors. Source: prometheus/node_exporter, collector/. */
export const NODE: Preset = {
  label: "node exporter",
  marks: ["node_cpu_", "node_memory_", "node_load1"],
  by: [],
  machine: true,
  series: [
    quotient("cpu_percent", [metric(CPU, { except: { mode: ["idle", "iowait"] } })], metric(CPU), SHARE),
    quotient("steal_percent", [metric(CPU, { where: { mode: ["steal"] } })], metric(CPU), SHARE),
    gauge("load_1m", "node_load1"),
    {
      series: "memory_used_bytes",
      formula: {
        kind: "less",
        of: metric("node_memory_MemTotal_bytes"),
        less: metric("node_memory_MemAvailable_bytes"),
      },
      scale: 1,
    },
    gauge("memory_total_bytes", "node_memory_MemTotal_bytes"),
    rate("network_received_bytes_per_s", metric("node_network_receive_bytes_total", { except: INSIDE })),
    rate("network_sent_bytes_per_s", metric("node_network_transmit_bytes_total", { except: INSIDE })),
    rate("disk_read_bytes_per_s", metric("node_disk_read_bytes_total", { except: VIRTUAL })),
    rate("disk_written_bytes_per_s", metric("node_disk_written_bytes_total", { except: VIRTUAL })),
    rate("swapped_pages_per_s", [metric("node_vmstat_pswpin"), metric("node_vmstat_pswpout")]),
    rate("tcp_retransmits_per_s", "node_netstat_Tcp_RetransSegs"),
  ],
};
