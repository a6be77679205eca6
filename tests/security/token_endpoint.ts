/** A token endpoint, and services that want its tokens. */
import type http from "node:http";
import type https from "node:https";
import type { OAuth2Plan, ServicePlan } from "../../lib/plan/plan.ts";
import { SERVICES } from "../driver/workbench.ts";
import { withServer } from "../transport/http/peers.ts";

/** What the endpoint was asked. */
export interface TokenQuestion {
  path: string;
  authorization: string | undefined;
  form: URLSearchParams;
}

/** What it answers. */
export interface TokenAnswer {
  status?: number;
  body: string;
}

/** A running endpoint. */
export interface Endpoint {
  target: string;
  questions: TokenQuestion[];
  /** Settles once it has been asked so often. */
  asked(count: number): Promise<void>;
}

/** An endpoint for the time of `body`; `answer` gets the number of the question, from 1. */
export async function withEndpoint(
  answer: (number: number) => TokenAnswer | Promise<TokenAnswer>,
  body: (endpoint: Endpoint) => Promise<void>,
  tls: https.ServerOptions | null = null,
): Promise<void> {
  const questions: TokenQuestion[] = [];
  const waiting: { count: number; resolve: () => void }[] = [];
  const asked = (count: number) =>
    new Promise<void>((resolve) => questions.length >= count ? resolve() : void waiting.push({ count, resolve }));
  const handler: http.RequestListener = async (request, response) => {
    const text = await textOf(request).catch(() => null);
    if (text === null) return; // The client is gone.
    const form = new URLSearchParams(text);
    questions.push({ path: request.url ?? "", authorization: request.headers.authorization, form });
    const { status = 200, body } = await answer(questions.length);
    response.writeHead(status, { "content-type": "application/json" }).end(body);
    for (const { count, resolve } of waiting) if (questions.length >= count) resolve();
  };
  await withServer(handler, (target) => body({ target, questions, asked }), tls);
}

async function textOf(request: http.IncomingMessage): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of request) text += decoder.decode(chunk, { stream: true });
  return text;
}

/** A token as an endpoint gives it. */
export const granted = (access_token: string, expires_in?: number): TokenAnswer => ({
  body: JSON.stringify({ access_token, token_type: "bearer", ...(expires_in !== undefined && { expires_in }) }),
});

/** OAuth2 that asks `address`. */
export function oauth2(address: string, more: Partial<OAuth2Plan> = {}): OAuth2Plan {
  return {
    kind: "oauth2",
    address,
    path: "/token",
    tls: null,
    client_id: "load tester",
    client_secret: "s3cret:%&",
    scope: "",
    audience: "",
    send_as: "basic",
    ...more,
  };
}

/** A service of June's that shows a token. */
export const serviceWith = (auth: NonNullable<ServicePlan["auth"]>, more: Partial<ServicePlan> = {}): ServicePlan => ({
  ...SERVICES.llm,
  auth,
  ...more,
});
