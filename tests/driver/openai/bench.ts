/** OpenAI's driver against a server that answers as the test says. */
import { Buffer } from "node:buffer";
import type http from "node:http";
import type { OpenService, OperationEnd } from "../../../lib/driver/driver.ts";
import { openOpenAi } from "../../../lib/driver/openai/open.ts";
import type { Inputs } from "../../../lib/driver/inputs/inputs.ts";
import type { OpenAiSettings } from "../../../lib/plan/protocols.ts";
import type { ServicePlan } from "../../../lib/plan/plan.ts";
import { type TaskName, TASKS } from "../../../lib/plan/tasks.ts";
import { task } from "../../plans.ts";
import { FakeClock } from "../fake_clock.ts";
import { clip, MarkList, SERVICES } from "../workbench.ts";
import { withServer } from "../../transport/http/peers.ts";
import { callStart } from "../call_start.ts";

/** Settings that tests start from. */
export const SETTINGS: OpenAiSettings = {
  protocol: "openai",
  base_path: "/v1",
  http_version: "1.1",
  model: "m1",
  limit_field: "max_tokens",
  extra: {},
  audio_format: "pcm",
  sample_rate_hz: 24_000,
};

const INPUTS = {
  stt: { kind: "stt", clips: [clip(450, 250)] },
  llm: { kind: "llm", prompts: ["Hi?"], chats: [[{ role: "user", content: "Hello" }]] },
  tts: { kind: "tts", sentences: ["Good day."] },
  call: { kind: "call" },
} as const satisfies Record<string, Inputs>;

/** What a request was. */
export interface Seen {
  method: string;
  path: string;
  headers: http.IncomingHttpHeaders;
  body: string;
}

/** What a server says: status, headers, and the body in pieces, each written when the one before has left. */
export interface Answer {
  status?: number;
  headers?: Record<string, string>;
  pieces?: readonly (string | Uint8Array)[];
  /** Ends the connection after the pieces, without ending the body. */
  cut?: boolean;
  /** Never ends. */
  hang?: boolean;
}

/** A setting of one start. */
export interface Setup {
  settings?: Partial<OpenAiSettings>;
  service?: Partial<ServicePlan>;
  inputs?: Inputs;
  listen?: boolean;
  given?: string;
  /** Told once content came. */
  onContent?: (cancel: () => void) => void;
}

/** A task's one call and what the server saw. */
export interface Called {
  marks: MarkList;
  end: OperationEnd;
  seen: Seen;
}

/** Events of a stream, as a server writes them. */
export const events = (...data: (string | Record<string, unknown>)[]): string =>
  data.map((event) => `data: ${typeof event === "string" ? event : JSON.stringify(event)}\n\n`).join("");

/** An answer of events. */
export const stream = (...pieces: string[]): Answer => ({
  headers: { "content-type": "text/event-stream; charset=utf-8" },
  pieces,
});

/** An answer of JSON. */
export const json = (value: unknown, status = 200): Answer => ({
  status,
  headers: { "content-type": "application/json" },
  pieces: [JSON.stringify(value)],
});

/** Runs a server that gives every request the answer chosen for it. */
export async function withAnswers(
  answer: (seen: Seen) => Answer,
  body: (target: string) => Promise<void>,
): Promise<void> {
  await withServer((request, response) => {
    const pieces: Uint8Array[] = [];
    request.on("data", (piece: Uint8Array) => pieces.push(piece)).on("end", async () => {
      const { method = "", url = "", headers } = request;
      const text = Buffer.concat(pieces).toString("latin1");
      await write(response, answer({ method, path: url, headers, body: text }));
    });
  }, body);
}

async function write(response: http.ServerResponse, { status = 200, headers = {}, pieces = [], cut, hang }: Answer) {
  response.writeHead(status, headers);
  for (const piece of pieces) await new Promise((written) => response.write(piece, written));
  if (cut) response.socket?.destroy();
  else if (!hang) response.end();
}

/** A service plan of one kind for a target. */
export function servicePlan(kind: "stt" | "llm" | "tts", target: string, setup: Setup = {}): ServicePlan {
  const settings = { ...SETTINGS, ...setup.settings };
  return { ...SERVICES[kind], protocol: "openai", address: target, settings, ...setup.service };
}

/** Starts a task once on an open service and waits for its end. */
export async function run(opened: OpenService, name: TaskName, setup: Setup = {}): Promise<MarkList> {
  const [kind] = TASKS[name].services;
  const operation = opened.operation(task(name), setup.inputs ?? INPUTS[kind]);
  const clock = new FakeClock();
  const marks = new MarkList(clock, setup.listen ?? false);
  await new Promise<void>((over) => {
    const running = operation.start(callStart(clock, {
      ...told(marks),
      content(audio_us) {
        marks.content(audio_us);
        setup.onContent?.(() => running.cancel());
      },
      end(end) {
        marks.end(end);
        over();
      },
    }, { givenText: setup.given ?? null }));
  });
  return marks;
}

function told(marks: MarkList) {
  const { text } = marks;
  return {
    sent: () => marks.sent(),
    speechEnd: () => marks.speechEnd(),
    paced: (late_us: number, own_us: number) => marks.paced(late_us, own_us),
    answer: (reasoned: boolean) => marks.answer(reasoned),
    more: (audio_us: number) => marks.more(audio_us),
    ...(text !== undefined && { text }),
  };
}

/** Runs a task once against a server that gives one answer. */
export async function call(name: TaskName, answer: Answer, setup: Setup = {}): Promise<Called> {
  const kind = TASKS[name].services[0] as "stt" | "llm" | "tts";
  let seen: Seen | null = null;
  let marks: MarkList | null = null;
  await withAnswers((request) => {
    seen = request;
    return answer;
  }, async (target) => {
    const opened = await openOpenAi(servicePlan(kind, target, setup));
    try {
      marks = await run(opened, name, setup);
    } finally {
      await opened.close();
    }
  });
  const { result } = marks as unknown as MarkList;
  return { marks: marks as unknown as MarkList, end: result as OperationEnd, seen: seen as unknown as Seen };
}
