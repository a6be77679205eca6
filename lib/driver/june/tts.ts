/** June's text-to-speech tasks: speak a sentence, whole or as a stream. */
import * as tts from "../../../proto/tts.ts";
import type { TtsOptions } from "../../plan/plan.ts";
import type { Operation } from "../driver.ts";
import { Prepared } from "../inputs/inputs.ts";
import { OperationCall, type Sender } from "./call.ts";
import { askOperation, type Task } from "./task.ts";
import { SynthesisReply, SynthesisStreamReply } from "./tts_replies.ts";

const encode = ({ voice, language }: TtsOptions, stream: boolean) => (text: string) =>
  tts.SynthesisRequest.encode({ text, voice_id: voice, language, stream });

/** Speaks a sentence and waits for all its audio. */
export function synthesize(task: Task, options: TtsOptions, sentences: readonly string[]): Operation {
  const request = encode(options, false);
  const ask = (text: string) => ({ request: request(text), reply: () => new SynthesisReply() });
  return askOperation(task, tts.PATHS.synthesize, new Prepared(sentences, ask));
}

/** Speaks a sentence and reads its audio as it is made: one request, then the sending side is closed. */
export function synthesizeStream(task: Task, options: TtsOptions, sentences: readonly string[]): Operation {
  const method = task.method(tts.PATHS.synthesizeStream);
  const requests = new Prepared(sentences, encode(options, true));
  return {
    name: task.name,
    reply_stream: task.reply_stream,
    start(random, _clock, marks) {
      const sender = singleSender(requests.pick(random));
      return OperationCall.stream(method, sender, task.timeout_ms, marks, new SynthesisStreamReply());
    },
  };
}

/** Sends one request and closes its side. */
function singleSender(request: Uint8Array): Sender {
  return {
    begin(call) {
      call.send(request);
      call.finishSending();
    },
    drain() {},
    stop() {},
  };
}
