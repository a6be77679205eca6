/** June's text-to-speech tasks: speak a sentence, whole or as a stream. */
import * as tts from "../../../proto/tts.ts";
import type { TtsOptions } from "../../plan/plan.ts";
import type { Operation } from "../driver.ts";
import { countWords } from "../core/text.ts";
import type { Supply } from "../inputs/inputs.ts";
import { requestsFrom, serverStreamOperation, type Task, unaryOperation, type UnaryRequest } from "../rpc/task.ts";
import { SynthesisReply, SynthesisStreamReply } from "./tts_replies.ts";

/** The request for one text, with the reply read whole or as a stream. */
function askFrom({ voice, language }: TtsOptions, stream: boolean): (text: string) => UnaryRequest {
  return (text) => {
    const words = countWords(text);
    return {
      request: tts.SynthesisRequest.encode({ text, voice_id: voice, language, stream }),
      reply: () => stream ? new SynthesisStreamReply(words) : new SynthesisReply(words),
    };
  };
}

/** Synthesises a sentence and waits for all its audio. */
export function synthesize(task: Task, options: TtsOptions, sentences: Supply<string>): Operation {
  return unaryOperation(task, tts.PATHS.synthesize, requestsFrom(sentences, askFrom(options, false), (text) => text));
}

/** Synthesises a sentence and reads its audio as it comes: one request, then half-close. */
export function synthesizeStream(task: Task, options: TtsOptions, sentences: Supply<string>): Operation {
  const asks = requestsFrom(sentences, askFrom(options, true), (text) => text);
  const operation = serverStreamOperation(task, tts.PATHS.synthesizeStream, asks);
  return { ...operation, prebuffer_us: options.prebuffer_ms * 1000 };
}
