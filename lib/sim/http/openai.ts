/**
 * A server of OpenAI's HTTP interface in front of the simulator's services: vLLM's formats over the simulator's models,
 * queues and faults, so that its figures are comparable with those of the other protocols.
 */
import type { SimClock } from "../model/clock.ts";
import { type Backend, BackendError } from "./backend.ts";
import { backendReply, errorReply, type Fields, MODEL, OpenAiRefusal, readFields } from "./openai_shapes.ts";
import type { OpenAiBehaviour } from "./openai_behaviour.ts";
import { speak, transcribe } from "./openai_speech.ts";
import { answerText, embedText } from "./openai_text.ts";
import { type Answer, jsonReply, type Route } from "./server.ts";

/** The routes of the server. */
export function openAiRoutes(backend: Backend, clock: SimClock, behaviour: OpenAiBehaviour): Route[] {
  const { form, key } = behaviour;
  const guarded = (answer: (request: Request) => Promise<Response>): Answer => async (request) => {
    try {
      if (key !== null && request.headers.get("authorization") !== `Bearer ${key}`) {
        throw new OpenAiRefusal(401, "Incorrect API key provided");
      }
      return await answer(request);
    } catch (error) {
      if (error instanceof BackendError) return backendReply(error, clock, form);
      if (error instanceof OpenAiRefusal) return errorReply(error.status, error.message, form);
      throw error;
    }
  };
  const post = (path: string, answer: (fields: Fields, request: Request) => Promise<Response>): Route => ({
    method: "POST",
    path: new RegExp(`^/v1/${path}$`),
    answer: guarded(async (request) => await answer(await readFields(request), request)),
  });
  return [
    { method: "GET", path: /^\/v1\/models$/, answer: guarded(() => Promise.resolve(jsonReply(models()))) },
    post("chat/completions", (fields, request) => answerText(backend, behaviour, "chat", fields, request)),
    post("completions", (fields, request) => answerText(backend, behaviour, "completion", fields, request)),
    post("embeddings", (fields, request) => embedText(backend, fields, request.signal)),
    {
      method: "POST",
      path: /^\/v1\/audio\/transcriptions$/,
      answer: guarded((request) => transcribe(backend, behaviour, request)),
    },
    post("audio/speech", (fields, request) => speak(backend, behaviour, fields, request.signal)),
  ];
}

function models() {
  const created = Math.floor(Date.now() / 1000);
  return { object: "list", data: [{ id: MODEL, object: "model", created, owned_by: "june-load" }] };
}
