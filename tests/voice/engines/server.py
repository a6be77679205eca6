"""Real engines with OpenAI's interface: Whisper, Piper and SmolLM2 on the CPU. Usage: server.py LOG

Each engine takes one request at a time; others wait. Each request that ended leaves a line of JSON in LOG with this
server's own clock. Times are seconds of a monotonic clock:

arrive  its headers are here       first  the first audio, token or words are handed to the socket
body    its body is here           last   the same of the last
                                   end    the end of the answer is

late is the longest that this process came too late to anything meanwhile: where others use the processors, no instant
of the log is truer than that.
"""

import asyncio
import base64
import json
import multiprocessing
import os
import struct
import sys
import time

from aiohttp import web
from engine import SPOKEN_HZ, Engine, piper, smollm, whisper

# What WAV says of a length that is not known yet.
UNKNOWN_BYTES = 0xFFFFFFFF
WATCH_S = 0.005

open_requests = set()


async def watch():
    """Notes in every open request how late this process is."""
    while True:
        due = time.perf_counter() + WATCH_S
        await asyncio.sleep(WATCH_S)
        late = time.perf_counter() - due
        for one in open_requests:
            one.late = max(one.late, late)


class Request:
    """What is logged of a request, and its reply."""

    def __init__(self, kind, request):
        self.request = request
        self.facts = {"kind": kind, "arrive": time.perf_counter()}
        self.reply = None
        self.late = 0.0
        open_requests.add(self)

    async def read(self):
        body = await self.request.read()
        self.facts["body"] = time.perf_counter()
        return body

    async def open(self, content_type):
        self.reply = web.StreamResponse(headers={"Content-Type": content_type, "Cache-Control": "no-cache"})
        await self.reply.prepare(self.request)

    async def write(self, data, content=False):
        if content:
            self.facts["last"] = time.perf_counter()
            self.facts.setdefault("first", self.facts["last"])
        await self.reply.write(data)

    async def event(self, value, content=False):
        await self.write(b"data: " + json.dumps(value).encode() + b"\n\n", content)

    async def close(self):
        await self.reply.write_eof()
        return self.end(self.reply)

    def whole(self, reply):
        """An answer of one piece, which aiohttp writes when the handler has returned, some 0.1 ms later."""
        self.facts["first"] = self.facts["last"] = time.perf_counter()
        return self.end(reply)

    def end(self, reply):
        open_requests.discard(self)
        self.facts |= {"end": time.perf_counter(), "late": self.late}
        log.write(json.dumps(self.facts) + "\n")
        return reply


def refusal(message):
    return web.json_response({"error": {"message": message, "type": "invalid_request_error"}}, status=400)


def form_of(content_type, raw):
    """The fields of a multipart form: aiohttp's own reader takes long for a recording."""
    boundary = b"--" + content_type.split("boundary=")[1].strip('"').encode()
    form = {}
    for part in raw.split(boundary)[1:-1]:
        head, _, value = part.partition(b"\r\n\r\n")
        form[head.split(b'name="')[1].split(b'"')[0].decode()] = value.removesuffix(b"\r\n")
    return form


async def transcriptions(request):
    asked = Request("stt", request)
    form = form_of(request.headers["Content-Type"], await asked.read())
    if "file" not in form:
        return refusal("file is required")
    stream = form.get("stream") == b"true"
    if stream:
        await asked.open("text/event-stream")
    said = []
    async for item in ears.run(form["file"]):
        if isinstance(item, float):
            asked.facts["audio_s"] = item
            continue
        said.append(item)
        if stream:
            delta = item if len(said) > 1 else item.lstrip()
            await asked.event({"type": "transcript.text.delta", "delta": delta}, content=True)
    text = asked.facts["text"] = "".join(said).strip()
    usage = {"type": "duration", "seconds": asked.facts["audio_s"]}
    if not stream:
        return asked.whole(web.json_response({"text": text, "usage": usage}))
    await asked.event({"type": "transcript.text.done", "text": text, "usage": usage})
    return await asked.close()


async def speech(request):
    asked = Request("tts", request)
    body = json.loads(await asked.read())
    text, form, sse = body.get("input", ""), body.get("response_format", "wav"), body.get("stream_format") == "sse"
    if form not in ("pcm", "wav") or text.strip() == "":
        return refusal("wav and pcm are offered, of a text that is not empty")
    await asked.open("text/event-stream" if sse else f"audio/{form}")

    async def give(data, content):
        if sse:
            await asked.event({"type": "speech.audio.delta", "audio": base64.b64encode(data).decode()}, content)
        else:
            await asked.write(data, content)

    # At once, long before there is any audio: a header is none.
    if form == "wav":
        await give(wav_header(), content=False)
    total = 0
    async for pcm in mouth.run(text):
        total += len(pcm)
        await give(pcm, content=True)
    if sse:
        await asked.event({"type": "speech.audio.done"})
    asked.facts |= {"text": text, "audio_s": total / 2 / SPOKEN_HZ}
    return await asked.close()


def wav_header():
    form = struct.pack("<IHHIIHH", 16, 1, 1, SPOKEN_HZ, SPOKEN_HZ * 2, 2, 16)
    length = struct.pack("<I", UNKNOWN_BYTES)
    return b"RIFF" + length + b"WAVEfmt " + form + b"data" + length


async def chats(request):
    asked = Request("llm", request)
    body = json.loads(await asked.read())
    stream = body.get("stream", False)
    if stream:
        await asked.open("text/event-stream")
    said = []
    async for event in brain.run(body):
        if event.get("usage"):
            asked.facts |= {key: event["usage"][key] for key in ("prompt_tokens", "completion_tokens")}
        if not stream:
            asked.facts["text"] = event["choices"][0]["message"]["content"]
            return asked.whole(web.json_response(event))
        delta = event["choices"][0]["delta"].get("content") if event["choices"] else None
        said.append(delta or "")
        await asked.event(event, content=bool(delta))
    asked.facts["text"] = "".join(said)
    await asked.write(b"data: [DONE]\n\n")
    return await asked.close()


async def models(_):
    ids = ["whisper-tiny.en", "piper-joe", "smollm2-135m-instruct"]
    return web.json_response({"object": "list", "data": [{"id": one, "object": "model"} for one in ids]})


async def main():
    watching = asyncio.create_task(watch())
    app = web.Application(client_max_size=1 << 26)
    app.add_routes([
        web.get("/v1/models", models),
        web.post("/v1/audio/transcriptions", transcriptions),
        web.post("/v1/audio/speech", speech),
        web.post("/v1/chat/completions", chats),
    ])
    runner = web.AppRunner(app, access_log=None, handler_cancellation=True)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print("port", runner.addresses[0][1], flush=True)
    # The test's end closes this.
    await asyncio.to_thread(sys.stdin.read)
    watching.cancel()


def silence():
    return wav_header() + bytes(2 * SPOKEN_HZ)


if __name__ == "__main__":
    multiprocessing.set_start_method("spawn")
    log = open(sys.argv[1], "a", buffering=1)
    ears = Engine(whisper, silence())
    mouth = Engine(piper, "Ready.")
    brain = Engine(smollm, {"messages": [{"role": "user", "content": "Ready?"}], "max_tokens": 1})
    for engine in (ears, mouth, brain):
        engine.ready()
    try:
        # Before the engines: it needs little, and its clock is the truth of the log.
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))
    except PermissionError:
        pass
    asyncio.run(main())
