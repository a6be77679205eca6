/** Where the files of a process's cgroups are. */

/** Mount point of cgroups; version 1 has a folder for each controller in it. */
export const CGROUP_ROOT = "/sys/fs/cgroup";
/** More levels than any container runtime nests. */
const CGROUP_DEPTH_MAX = 32;

/**
 * Folders of a cgroup and of those around it, the innermost first.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.deepEqual(groupFolders(CGROUP_ROOT, "/pod/app"), [
 *   "/sys/fs/cgroup/pod/app",
 *   "/sys/fs/cgroup/pod",
 *   "/sys/fs/cgroup",
 * ]);
 * ```
 */
export function groupFolders(root: string, path: string): string[] {
  const names = path.split("/").filter((name) => name !== "").slice(0, CGROUP_DEPTH_MAX);
  return Array.from({ length: names.length + 1 }, (_, up) => [root, ...names.slice(0, names.length - up)].join("/"));
}
