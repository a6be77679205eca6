/** The files whose content requests send: servers may quote it. */
import type { ServicePlan } from "../../plan/plan.ts";
import type { MultipartPart } from "../../plan/protocols.ts";
import { isTemplate, parseTemplate } from "../../plan/template.ts";
import type { Secrets } from "./secrets.ts";

/** Most bytes of a file that are looked at, and of all files of a service together. */
const MAX_BYTES = 1024 * 1024;
const MAX_TOTAL = 4 * MAX_BYTES;

/** Adds what the files of a service's requests hold. A file that cannot be read is reported when it is to be sent. */
export async function addSentFiles(service: ServicePlan, secrets: Secrets): Promise<void> {
  let left = MAX_TOTAL;
  for (const path of filesOf(service)) {
    if (left <= 0) return;
    const bytes = await beginningOf(path, Math.min(left, MAX_BYTES));
    left -= bytes.length;
    secrets.addContent(new TextDecoder().decode(bytes));
  }
}

async function beginningOf(path: string, most: number): Promise<Uint8Array> {
  try {
    // Devices and pipes never end.
    if (!(await Deno.stat(path)).isFile) return new Uint8Array();
    using file = await Deno.open(path);
    const bytes = new Uint8Array(most);
    let length = 0;
    while (length < most) {
      const read = await file.read(bytes.subarray(length));
      if (read === null) break;
      length += read;
    }
    return bytes.subarray(0, length);
  } catch {
    return new Uint8Array();
  }
}

function filesOf({ settings }: ServicePlan): Set<string> {
  const picked = settings === null ? [] : pickedFiles(settings);
  switch (settings?.protocol) {
    case "grpc":
      return new Set([...settings.exchanges.flatMap(({ raw_files }) => raw_files), ...picked]);
    case "rest":
      return new Set([
        ...settings.exchanges.flatMap(({ body }) => {
          if (body?.kind === "file") return [body.path];
          return body?.kind === "multipart" ? body.parts.flatMap(partFile) : [];
        }),
        ...picked,
      ]);
    case "websocket":
    case "openai":
    case "triton":
    case "riva":
    case undefined:
      return new Set(picked);
  }
}

const partFile = (part: MultipartPart): string[] => part.kind === "file" ? [part.path] : [];

/** The files of `{{pick FILE}}` in any text. */
function pickedFiles(data: unknown): string[] {
  if (typeof data === "string") return isTemplate(data) ? picksIn(data) : [];
  return typeof data === "object" && data !== null ? Object.values(data).flatMap(pickedFiles) : [];
}

function picksIn(text: string): string[] {
  try {
    return parseTemplate(text).flatMap((part) => part.kind === "pick" ? [part.file] : []);
  } catch {
    return [];
  }
}
