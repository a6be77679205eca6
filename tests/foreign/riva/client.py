"""Calls Riva's services as NVIDIA's own client does; prints what it understood of the replies as one JSON object.

Arguments: target of speech recognition, target of speech synthesis, a WAV file.
"""

import json
import sys

import riva.client
from riva.client.proto import riva_asr_pb2, riva_tts_pb2

RATE = 22050
TEXT = "Good morning, how are you today?"


def asr_config(**settings):
    return riva.client.RecognitionConfig(
        encoding=riva.client.AudioEncoding.LINEAR_PCM,
        sample_rate_hertz=16000,
        language_code="en-US",
        max_alternatives=1,
        audio_channel_count=1,
        **settings,
    )


def recognise(target, path):
    service = riva.client.ASRService(riva.client.Auth(uri=target, use_ssl=False))
    with open(path, "rb") as file:
        whole = service.offline_recognize(file.read(), asr_config())
    listed = service.stub.GetRivaSpeechRecognitionConfig(riva_asr_pb2.RivaSpeechRecognitionConfigRequest())
    streaming = riva.client.StreamingRecognitionConfig(config=asr_config(), interim_results=True)
    stream = []
    with riva.client.AudioChunkFileIterator(path, 1600) as chunks:
        for response in service.streaming_response_generator(chunks, streaming):
            for result in response.results:
                stream.append([result.alternatives[0].transcript, result.is_final, round(result.audio_processed, 3)])
    return {
        "whole": [[result.alternatives[0].transcript, round(result.audio_processed, 3)] for result in whole.results],
        "stream": stream,
        "models": [[one.model_name, one.parameters["type"]] for one in listed.model_config],
    }


def speak(target):
    service = riva.client.SpeechSynthesisService(riva.client.Auth(uri=target, use_ssl=False))
    settings = dict(language_code="en-US", sample_rate_hz=RATE)
    listed = service.stub.GetRivaSynthesisConfig(riva_tts_pb2.RivaSynthesisConfigRequest())
    parameters = listed.model_config[0].parameters
    voice = parameters["voice_name"] + "." + parameters["subvoices"].split(",")[0].split(":")[0]
    return {
        "voice": voice,
        "whole_bytes": len(service.synthesize(TEXT, voice, **settings).audio),
        "online_bytes": [len(reply.audio) for reply in service.synthesize_online(TEXT, voice, **settings)],
        "two_texts_bytes": sum(len(reply.audio) for reply in service.synthesize_online([TEXT, TEXT], voice, **settings)),
    }


asr_target, tts_target, wav = sys.argv[1:]
print(json.dumps({"asr": recognise(asr_target, wav), "tts": speak(tts_target)}))
