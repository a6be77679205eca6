/** An nvidia-smi for tests of whole runs. */

/** Prints rows as nvidia-smi does: the fields that were asked for, in their order; the values are invented. */
export const FAKE_NVIDIA_SMI = `#!/bin/sh
case "$1" in --query-gpu=*) ;; *) exit 2 ;; esac
for word in "$@"; do case $word in --query-gpu=*) fields=\${word#--query-gpu=} ;; esac; done
row=
IFS=,
for field in $fields; do
  case $field in
    timestamp) value="2026/11/23 14:00:00.000" ;;
    index) value=0 ;;
    uuid) value=GPU-1c7d0f5e-2b9a-4d21-9c3e-8f60aa41b7d2 ;;
    name) value="NVIDIA H100 80GB HBM3" ;;
    utilization.gpu) value="87 %" ;;
    memory.used) value="61544 MiB" ;;
    memory.total) value="81559 MiB" ;;
    power.draw) value="412.30 W" ;;
    temperature.gpu) value=49 ;;
    *) value="[N/A]" ;;
  esac
  row="$row\${row:+, }$value"
done
while :; do echo "$row"; sleep 0.3; done
`;
