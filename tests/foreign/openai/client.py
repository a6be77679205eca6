"""What OpenAI's own client understands of the server at argv[1]; argv[2] is its key, argv[3] a WAV file."""

import json
import sys

import openai

base_url, key, clip = sys.argv[1:4]
client = openai.OpenAI(base_url=base_url, api_key=key, max_retries=0, timeout=20)
models = [model.id for model in client.models.list()]
model = models[0]
messages = [{"role": "user", "content": "Say something"}]


def chat():
    whole = client.chat.completions.create(model=model, messages=messages, max_tokens=5)
    pieces, usage, finish = [], None, None
    options = {"include_usage": True}
    with client.chat.completions.create(
        model=model, messages=messages, max_tokens=5, stream=True, stream_options=options
    ) as stream:
        for chunk in stream:
            usage = chunk.usage or usage
            for choice in chunk.choices:
                finish = choice.finish_reason or finish
                if choice.delta.content:
                    pieces.append(choice.delta.content)
    return {
        "whole_tokens": whole.usage.completion_tokens,
        "whole_words": len(whole.choices[0].message.content.split()),
        "pieces": len(pieces),
        "stream_tokens": usage.completion_tokens,
        "finish": finish,
    }


def completion():
    pieces = [c.choices[0].text for c in client.completions.create(model=model, prompt="x", max_tokens=4, stream=True)]
    return len([piece for piece in pieces if piece])


def transcribe():
    with open(clip, "rb") as file:
        whole = client.audio.transcriptions.create(model="whisper-1", file=file)
    return whole.text


def speak():
    spoken = client.audio.speech.create(model="tts-1", voice="alloy", input="Good day to you.", response_format="pcm")
    return len(spoken.content)


def fault(call):
    try:
        call()
    except openai.APIStatusError as error:
        return [type(error).__name__, error.status_code, error.message]
    return None


def other_key():
    openai.OpenAI(base_url=base_url, api_key="wrong", max_retries=0).models.list()


json.dump(
    {
        "models": models,
        "chat": chat(),
        "completion": completion(),
        "embedding": len(client.embeddings.create(model=model, input="x").data[0].embedding),
        "transcript": transcribe(),
        "speech_bytes": speak(),
        "wrong_model": fault(lambda: client.chat.completions.create(model="gpt", messages=messages)),
        "wrong_key": fault(other_key),
    },
    sys.stdout,
)
