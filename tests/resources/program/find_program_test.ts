import assert from "node:assert/strict";
import { findProgram, type ProgramFiles, startFailure } from "../../../lib/resources/program/find_program.ts";

const files = (all: Record<string, boolean>): ProgramFiles => ({
  folders: ["/usr/bin", "/opt/bin", "/usr/lib/wsl/lib"],
  runnable: (path) => all[path] ?? null,
});

Deno.test("findProgram() tells a program that may not be run from one that is not there", () => {
  assert.deepEqual(findProgram("nvidia-smi", files({})), { kind: "absent" });
  const barred = { "/opt/bin/nvidia-smi": false };
  assert.deepEqual(findProgram("nvidia-smi", files(barred)), { kind: "not executable", path: "/opt/bin/nvidia-smi" });
  assert.deepEqual(findProgram("/opt/bin/nvidia-smi", files(barred)).kind, "not executable");
});

Deno.test("findProgram() looks into WSL's own folder, and past a file that may not be run", () => {
  const all = { "/opt/bin/nvidia-smi": false, "/usr/lib/wsl/lib/nvidia-smi": true };
  assert.deepEqual(findProgram("nvidia-smi", files(all)), { kind: "found", path: "/usr/lib/wsl/lib/nvidia-smi" });
});

Deno.test("findProgram() searches the PATH of this machine", () => {
  const found = findProgram("sh");
  assert.ok(found.kind === "found" && found.path.endsWith("/sh"), JSON.stringify(found));
  assert.deepEqual(findProgram("no-such-program-of-june-load"), { kind: "absent" });
});

Deno.test("startFailure() says that an interpreter is missing, not the program", () => {
  assert.match(
    startFailure("/opt/x", new Deno.errors.NotFound("os error 2")),
    /"\/opt\/x" is there, but the interpreter/,
  );
  assert.match(startFailure("/opt/x", new Deno.errors.PermissionDenied("")), /may not be run by this user/);
  assert.match(startFailure("/opt/x", new Error("exec format error")), /cannot start "\/opt\/x" \(exec format error\)/);
});
