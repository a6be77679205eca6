/** Where nvidia-smi is, and why it cannot be run where it is there. */
import { errorText } from "../../base/errors.ts";

/** What was found under a name. */
export type FoundProgram =
  /** To be started by this name or path. */
  | { kind: "found"; path: string }
  | { kind: "absent" }
  /** A file of that name may not be run. */
  | { kind: "not executable"; path: string };

/** What a search looks at; tests pass their own. */
export interface ProgramFiles {
  /** The folders that are searched. */
  folders: readonly string[];
  /** Whether there is a file, and whether it may be run; null: there is none. */
  runnable(path: string): boolean | null;
}

/** Folders that hold nvidia-smi and are often not on the PATH: those of WSL, and of older drivers on Windows. */
const OTHER_FOLDERS = Deno.build.os === "windows"
  ? ["C:\\Windows\\System32", "C:\\Program Files\\NVIDIA Corporation\\NVSMI"]
  : ["/usr/lib/wsl/lib"];

/** Looks for a program; a path is taken as it is. A file that may be run comes before one that may not. */
export function findProgram(program: string, files: ProgramFiles = systemFiles()): FoundProgram {
  const isPath = /[/\\]/.test(program);
  const names = Deno.build.os === "windows" && !/\.exe$/i.test(program) ? [`${program}.exe`, program] : [program];
  const paths = isPath ? [program] : files.folders.flatMap((folder) => names.map((name) => `${folder}/${name}`));
  const found = paths.map((path) => ({ path, runnable: files.runnable(path) })).filter(({ runnable }) =>
    runnable !== null
  );
  const [first] = found;
  if (first === undefined) return { kind: "absent" };
  const best = found.find(({ runnable }) => runnable);
  return best === undefined ? { kind: "not executable", path: first.path } : { kind: "found", path: best.path };
}

/** The PATH, and where else nvidia-smi may be. */
function systemFiles(): ProgramFiles {
  const separator = Deno.build.os === "windows" ? ";" : ":";
  const onPath = (Deno.env.get("PATH") ?? "").split(separator).filter((folder) => folder !== "");
  return { folders: [...onPath, ...OTHER_FOLDERS], runnable };
}

function runnable(path: string): boolean | null {
  try {
    const { isFile, mode } = Deno.statSync(path);
    if (!isFile) return null;
    return mode === null || (mode & 0o111) !== 0;
  } catch {
    return null;
  }
}

/** Why a program that was found could not be started. */
export function startFailure(path: string, error: unknown): string {
  // The file is there, so what is missing is the program that its first line names.
  if (error instanceof Deno.errors.NotFound) {
    return `"${path}" is there, but the interpreter that its first line names is not`;
  }
  if (error instanceof Deno.errors.PermissionDenied) return `"${path}" may not be run by this user: chmod +x`;
  return `cannot start "${path}" (${errorText(error)})`;
}
