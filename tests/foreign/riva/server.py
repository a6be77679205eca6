"""A server of Riva's services over the code NVIDIA generated from its own .proto files: it answers with what it understood.

Prints `listening PORT`. Ends when its standard input does.
"""

import json
import sys
from concurrent import futures

import grpc
from riva.client.proto import health_pb2, health_pb2_grpc, riva_asr_pb2, riva_asr_pb2_grpc, riva_tts_pb2, riva_tts_pb2_grpc

ONLINE = {"type": "online", "language_code": "en-US", "sample_rate": "16000"}


def understood(config):
    return [
        config.encoding,
        config.sample_rate_hertz,
        config.language_code,
        config.max_alternatives,
        config.audio_channel_count,
        config.enable_automatic_punctuation,
        config.model,
    ]


def alternatives(words):
    return [riva_asr_pb2.SpeechRecognitionAlternative(transcript=json.dumps(words), confidence=0.5)]


class Recognition(riva_asr_pb2_grpc.RivaSpeechRecognitionServicer):
    def Recognize(self, request, context):
        words = understood(request.config) + [len(request.audio)]
        result = riva_asr_pb2.SpeechRecognitionResult(alternatives=alternatives(words), channel_tag=1, audio_processed=1)
        return riva_asr_pb2.RecognizeResponse(results=[result])

    def StreamingRecognize(self, requests, context):
        first = next(requests)
        config = first.streaming_config
        kinds, audio = [first.WhichOneof("streaming_request")], 0
        for request in requests:
            kinds.append(request.WhichOneof("streaming_request"))
            audio += len(request.audio_content)
            if len(kinds) == 3:
                yield self.result(["interim"], False, audio)
        words = understood(config.config) + [config.interim_results, sorted(set(kinds[1:])), kinds[0], audio]
        yield self.result(words, True, audio)

    def result(self, words, is_final, audio):
        result = riva_asr_pb2.StreamingRecognitionResult(
            alternatives=alternatives(words), is_final=is_final, stability=0.9, channel_tag=1, audio_processed=audio / 32000
        )
        return riva_asr_pb2.StreamingRecognizeResponse(results=[result])

    def GetRivaSpeechRecognitionConfig(self, request, context):
        config = riva_asr_pb2.RivaSpeechRecognitionConfigResponse.Config(model_name="echo", parameters=ONLINE)
        return riva_asr_pb2.RivaSpeechRecognitionConfigResponse(model_config=[config])


class Synthesis(riva_tts_pb2_grpc.RivaSpeechSynthesisServicer):
    def Synthesize(self, request, context):
        return self.audio(request)

    def SynthesizeOnline(self, requests, context):
        for request in requests:
            yield self.audio(request)
            yield self.audio(request)

    def audio(self, request):
        asked = [request.text, request.language_code, request.encoding, request.sample_rate_hz, request.voice_name]
        print(json.dumps(asked), flush=True)
        # A tenth of a second for each character.
        samples = bytes([1, 2]) * (request.sample_rate_hz // 10) * len(request.text)
        return riva_tts_pb2.SynthesizeSpeechResponse(audio=samples)

    def GetRivaSynthesisConfig(self, request, context):
        parameters = {"language_code": "en-US", "voice_name": "Echo", "subvoices": "Low:0,High:1"}
        config = riva_tts_pb2.RivaSynthesisConfigResponse.Config(model_name="echo", parameters=parameters)
        return riva_tts_pb2.RivaSynthesisConfigResponse(model_config=[config])


class Health(health_pb2_grpc.HealthServicer):
    def Check(self, request, context):
        return health_pb2.HealthCheckResponse(status=health_pb2.HealthCheckResponse.SERVING)


server = grpc.server(futures.ThreadPoolExecutor(8))
riva_asr_pb2_grpc.add_RivaSpeechRecognitionServicer_to_server(Recognition(), server)
riva_tts_pb2_grpc.add_RivaSpeechSynthesisServicer_to_server(Synthesis(), server)
health_pb2_grpc.add_HealthServicer_to_server(Health(), server)
print("listening", server.add_insecure_port("127.0.0.1:0"), flush=True)
server.start()
sys.stdin.read()
server.stop(None)
