import assert from "node:assert/strict";
import * as standard from "../../../proto/health.ts";
import * as asr from "../../../proto/riva_asr.ts";
import * as tts from "../../../proto/riva_tts.ts";
import type { Health } from "../../../lib/driver/driver.ts";
import { checkRivaHealth } from "../../../lib/driver/riva/health.ts";
import type { ServicePlan } from "../../../lib/plan/plan.ts";
import { StatusCode } from "../../../lib/transport/status.ts";
import { FakeChannel } from "../fake_channel.ts";
import { answered, SERVICES, start } from "../workbench.ts";
import { riva, rivaService } from "./bench.ts";

const { SERVING, NOT_SERVING } = standard.ServingStatus;
const status = (value: number) => standard.HealthCheckResponse.encode({ status: value });

/** A server that says `standing` to grpc.health.v1 and `catalogue` to the question for models. */
function server(standing: number | Uint8Array, catalogue: number | Uint8Array): FakeChannel {
  return new FakeChannel((call) => {
    const answer = call.spec.path === standard.PATHS.check ? standing : catalogue;
    if (typeof answer === "number") return call.end(answer, "said the server");
    call.reply(answer);
    call.end();
  });
}

const STT = asr.ConfigResponse.encode({
  model_config: [
    { model_name: "parakeet", parameters: { language_code: "en-US", type: "online", sample_rate: "16000" } },
    { model_name: "canary", parameters: { language_code: "de-DE, es-US", type: "offline", sample_rate: "16000" } },
  ],
});
const TTS = tts.ConfigResponse.encode({
  model_config: [{
    model_name: "fastpitch",
    parameters: {
      language_code: "en-US",
      voice_name: "English-US",
      subvoices: "Female-1:0,Male-1:1",
      sample_rate: "44100",
    },
  }],
});

const check = (service: ServicePlan, catalogue: number | Uint8Array, standing: number | Uint8Array = status(SERVING)) =>
  checkRivaHealth(service, server(standing, catalogue), 1000);
const told = ({ state, details }: Health) => `${state}: ${details}`;

Deno.test("checkRivaHealth() tells the models that fit what the plan asks for", async () => {
  assert.deepEqual(await check(rivaService("stt"), STT), {
    state: "serving",
    asked: "nvidia.riva.asr.RivaSpeechRecognition/GetRivaSpeechRecognitionConfig",
    details: "model parakeet (online), language en-US, 16000 Hz",
  });
  const german = await check(rivaService("stt", { language_code: "DE-de", model: "canary" }), STT);
  assert.equal(told(german), "serving: model canary (offline), language de-DE, es-US, 16000 Hz");
  const any = await check(rivaService("stt", { language_code: "" }), STT);
  assert.equal(
    told(any),
    "serving: models parakeet (online), canary (offline), language en-US, de-DE, es-US, 16000 Hz",
  );
});

Deno.test("checkRivaHealth() knows a voice with and without its subvoice, and tells of another sample rate", async () => {
  for (const voice of ["", "default", "English-US", "English-US.Male-1", "english-us.female-1"]) {
    const health = await check(rivaService("tts", {}, { voice }), TTS);
    const details = "model fastpitch, language en-US, works at 44100 Hz, resamples for 22050 Hz";
    assert.equal(told(health), `serving: ${details}`, voice);
  }
});

for (
  const [what, service, catalogue, details] of [
    [
      "language",
      rivaService("stt", { language_code: "fr-FR" }),
      STT,
      'no language "fr-FR"; it has en-US, de-DE, es-US',
    ],
    ["model", rivaService("stt", { model: "whisper" }), STT, 'no model "whisper"; it has parakeet, canary'],
    ["language of a model", rivaService("stt", { model: "canary" }), STT, 'no language "en-US"; it has de-DE, es-US'],
    [
      "voice",
      rivaService("tts", {}, { voice: "English-US.Female-2" }),
      TTS,
      'no voice "English-US.Female-2"; it has English-US, English-US.Female-1, English-US.Male-1',
    ],
    ["any model", rivaService("tts"), tts.ConfigResponse.encode({}), "no model"],
  ] as const
) {
  Deno.test(`checkRivaHealth() says in plain words that a service lacks the ${what}`, async () => {
    const health = await check(service, catalogue);
    assert.equal(told(health), `failed: it has ${details}`);
    assert.match(health.remedy ?? "", what === "any model" ? /service's log/ : /Use one of those/);
  });
}

Deno.test("checkRivaHealth() takes a model for many languages as one that knows any", async () => {
  const parameters = { language_code: "multi", type: "online" };
  const multi = asr.ConfigResponse.encode({ model_config: [{ model_name: "parakeet-rnnt", parameters }] });
  for (const language_code of ["de-DE", "multi"]) {
    const health = await check(rivaService("stt", { language_code }), multi);
    assert.equal(told(health), "serving: model parakeet-rnnt (online), language multi");
  }
});

Deno.test("checkRivaHealth() asks nothing of what a model does not tell", async () => {
  const bare = asr.ConfigResponse.encode({ model_config: [{ model_name: "parakeet" }] });
  assert.equal(told(await check(rivaService("stt"), bare)), "serving: model parakeet");
});

Deno.test("checkRivaHealth() names six voices and counts the rest, on one line", async () => {
  const subvoices = Array.from({ length: 40 }, (_, at) => `V${at}\n:${at}`).join(",");
  const many = tts.ConfigResponse.encode({
    model_config: [{ model_name: "magpie", parameters: { voice_name: "Magpie", subvoices } }],
  });
  const { details } = await check(rivaService("tts", {}, { voice: "nobody" }), many);
  assert.match(details, /^it has no voice "nobody"; it has Magpie, Magpie.V0 , .*Magpie.V4 and 35 more$/);
});

Deno.test("checkRivaHealth(): a server whose models load is unhealthy and says what that means", async () => {
  const health = await check(rivaService("stt"), STT, status(NOT_SERVING));
  assert.equal(health.state, "unhealthy");
  assert.match(health.details, /says NOT_SERVING; Riva reports this while its models load/);
});

Deno.test("checkRivaHealth() needs neither of its two questions, but fails where one fails", async () => {
  const { UNIMPLEMENTED, UNAUTHENTICATED } = StatusCode;
  assert.equal((await check(rivaService("stt"), STT, UNIMPLEMENTED)).state, "serving");
  assert.equal(told(await check(rivaService("stt"), UNIMPLEMENTED)), "serving: grpc.health.v1 says SERVING");
  assert.equal((await check(rivaService("stt"), UNIMPLEMENTED, UNIMPLEMENTED)).state, "connected");
  const refused = "failed: UNAUTHENTICATED: said the server";
  assert.equal(told(await check(rivaService("stt"), UNAUTHENTICATED)), refused);
  assert.equal(told(await check(rivaService("stt"), STT, UNAUTHENTICATED)), refused);
  assert.match((await check(rivaService("stt"), new Uint8Array([0xff]))).details, /^Cannot decode the reply/);
});

Deno.test("checkRivaHealth() sends the metadata of the service with each question", async () => {
  const channel = server(status(SERVING), STT);
  const metadata = [{ key: "Function-Id", value: "f" }, { key: "authorization", value: "Bearer t" }];
  await checkRivaHealth({ ...rivaService("stt"), metadata }, channel, 700);
  assert.deepEqual(channel.calls.map(({ spec, timeout_ms }) => [spec.metadata, timeout_ms]), [
    [[["function-id", "f"], ["authorization", "Bearer t"]], 700],
    [[["function-id", "f"], ["authorization", "Bearer t"]], 700],
  ]);
});

for (const name of ["stt.health", "tts.health"] as const) {
  Deno.test(`${name} asks the standard service of the server as a whole`, () => {
    const setup = riva(rivaService(name === "stt.health" ? "stt" : "tts"));
    const { call } = start(name, setup).channel;
    assert.equal(call.spec.path, standard.PATHS.check);
    assert.equal(standard.HealthCheckRequest.decode(call.request as Uint8Array).service, "");
    assert.equal(answered(name, [status(SERVING)], setup).outcome, "ok");
    assert.equal(answered(name, [status(NOT_SERVING)], setup).type, "semantic:unhealthy");
  });
}

Deno.test("Riva refuses tasks it has not, and services without its settings", () => {
  const llm = { ...SERVICES.llm, protocol: "riva", settings: rivaService("stt").settings } as ServicePlan;
  assert.throws(() => start("llm.chat", riva(llm)), /Cannot prepare llm\.chat: Riva has no such task/);
  assert.throws(() => start("stt.recognize", riva(SERVICES.stt)), /Service stt has no settings for Riva/);
  assert.throws(() => start("stt.recognize", riva(rivaService("tts"))), /or tts is of another kind/);
});
