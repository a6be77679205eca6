/** What is served where: a table of methods and paths. */
import { isChange } from "../plan/steering.ts";
import type { PlanRequest } from "../ui/web/api.ts";
import { type Assets } from "./serve/assets.ts";
import type { Board } from "./show/board.ts";
import { readJson } from "./guard/body.ts";
import { HttpError } from "./guard/http_error.ts";
import { planRequest } from "./serve/requests.ts";
import { jsonReply, refusal } from "./serve/replies.ts";
import { comparisonOf } from "./saved/comparison.ts";
import { formOf } from "./saved/forms.ts";
import type { SavedRuns } from "./saved/runs.ts";
import type { Streams } from "./serve/sse.ts";
import type { Declined, Workbench } from "./workbench.ts";

/** What answers need. */
export interface Served {
  board: Board;
  streams: Streams;
  assets: Assets;
  saved: SavedRuns;
  bench: Workbench;
}

/** One method and path. */
export interface Route {
  method: "GET" | "POST";
  /** Matched against the whole path; groups are `parts`. */
  path: RegExp;
  answer(asked: Asked, served: Served): Response | Promise<Response>;
}

/** A request that has passed the guard. */
export interface Asked {
  request: Request;
  url: URL;
  parts: readonly string[];
}

const planned = (
  answer: (body: PlanRequest, served: Served) => Promise<Response>,
): Route["answer"] =>
async ({ request }, served) => await answer(planRequest(await readJson(request)), served);

/** A command without a body: stop, abort. */
const plain = (command: (bench: Workbench) => Declined | null): Route["answer"] => async ({ request }, { bench }) => {
  await readJson(request);
  const declined = command(bench);
  return declined === null ? jsonReply({}, 202) : refusal(409, declined.declined);
};

/** All routes. */
export const ROUTES: readonly Route[] = [
  { method: "GET", path: /^\/$/, answer: ({ request }, { assets }) => asset(assets, "", request) },
  {
    method: "GET",
    path: /^\/assets\/([a-z0-9.-]+)$/,
    answer: ({ request, parts: [name = ""] }, { assets }) => asset(assets, name, request),
  },
  { method: "GET", path: /^\/api\/state$/, answer: (_, { board }) => jsonReply(board.state) },
  {
    method: "GET",
    path: /^\/api\/events$/,
    answer: ({ request, url }, { streams }) =>
      streams.open(request.headers.get("last-event-id") ?? url.searchParams.get("last")),
  },
  {
    method: "POST",
    path: /^\/api\/plan$/,
    answer: planned(async (body, { bench }) => jsonReply(await bench.plan(body))),
  },
  {
    method: "POST",
    path: /^\/api\/check$/,
    answer: planned(async (body, { bench }) => jsonReply(await bench.check(body))),
  },
  {
    method: "POST",
    path: /^\/api\/start$/,
    answer: planned(async (body, { bench }) => {
      const begun = await bench.start(body);
      return "declined" in begun ? refusal(409, begun.declined) : jsonReply(begun, "problems" in begun ? 200 : 202);
    }),
  },
  {
    method: "POST",
    path: /^\/api\/steer$/,
    answer: async ({ request }, { bench }) => {
      const change = await readJson(request);
      if (!isChange(change)) {
        throw new HttpError(400, "Cannot read this request: send a change, as docs/live.md lists them");
      }
      const steered = bench.steer(change);
      return "declined" in steered ? refusal(409, steered.declined) : jsonReply(steered);
    },
  },
  { method: "POST", path: /^\/api\/stop$/, answer: plain((bench) => bench.stop()) },
  { method: "POST", path: /^\/api\/abort$/, answer: plain((bench) => bench.abort()) },
  {
    method: "GET",
    path: /^\/api\/history$/,
    answer: async (_, { saved, bench }) => jsonReply(await saved.list(bench.isBusy, bench.currentFolder)),
  },
  {
    method: "GET",
    path: /^\/reports\/([\w-]{1,64})\/([\w.-]{1,200})$/,
    answer: async ({ parts: [id = "", file = ""] }, { saved, bench }) =>
      await formOf(await saved.dirOf(id), file, bench.version),
  },
  {
    method: "GET",
    path: /^\/compare$/,
    answer: async ({ url }, { saved, bench }) => {
      const [base, other] = [url.searchParams.get("base"), url.searchParams.get("new")];
      if (base === null || other === null) throw new HttpError(400, "Name two runs: /compare?base=ID&new=ID");
      return await comparisonOf(await saved.dirOf(base), await saved.dirOf(other), bench.version);
    },
  },
];

function asset(assets: Assets, name: string, request: Request): Response {
  const found = assets.answer(name, request);
  if (found === null) throw new HttpError(404, "There is no such file");
  return found;
}

/** The answer to a request that has passed the guard. */
export async function answer(request: Request, served: Served): Promise<Response> {
  const url = new URL(request.url);
  const there = ROUTES.filter(({ path }) => path.test(url.pathname));
  if (there.length === 0) throw new HttpError(404, "There is nothing at this address");
  const method = request.method === "HEAD" ? "GET" : request.method;
  const route = there.find((one) => one.method === method);
  if (route === undefined) {
    const allow = there.map((one) => one.method).join(", ");
    return refusal(405, `This address takes ${allow} only`, { allow });
  }
  const parts = (route.path.exec(url.pathname) ?? []).slice(1);
  const answered = await route.answer({ request, url, parts }, served);
  if (request.method !== "HEAD") return answered;
  // Else a stream of events would stay open for nobody.
  await answered.body?.cancel();
  return new Response(null, answered);
}
