"""A gateway as June's was: FastAPI under uvicorn. Usage: server.py PORT"""

import asyncio
import io
import json
import sys
import wave

import uvicorn
from fastapi import Depends, FastAPI, Form, HTTPException, Request, UploadFile, WebSocket
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

app = FastAPI()
# Tokens are good for so many calls.
LIFE = 2
lives: dict[str, int] = {}
waited: dict[str, int] = {}


class Prompt(BaseModel):
    prompt: str = Field(min_length=1, max_length=100_000)


class Chat(BaseModel):
    type: str
    text: str


def user(request: Request) -> str:
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    if kind != "Bearer" or lives.get(token, 0) == 0:
        raise HTTPException(status_code=401, detail="Invalid or expired token")
    lives[token] -= 1
    return token


@app.get("/health")
def health():
    return {"status": "healthy", "checks": {}}


@app.get("/loading")
def loading():
    return JSONResponse({"detail": "the model is loading"}, 503, {"Retry-After": "20"})


@app.get("/limited")
def limited():
    raise HTTPException(status_code=429, detail="Rate limit exceeded", headers={"Retry-After": "7"})


@app.post("/auth/token")
def token(user_id: str):
    made = f"{user_id}-{len(lives)}"
    lives[made] = LIFE
    return {"access_token": made, "token_type": "bearer"}


@app.post("/api/v1/llm/generate")
async def generate(asked: Prompt):
    await asyncio.sleep(0.02)
    return {"text": asked.prompt[::-1]}


@app.post("/api/v1/audio/transcribe")
async def transcribe(audio: UploadFile, language: str = Form("none")):
    with wave.open(io.BytesIO(await audio.read())) as file:
        form = [file.getnchannels(), file.getsampwidth(), file.getframerate()]
        return {"transcript": f"{file.getnframes()} frames", "form": form, "language": language}


@app.post("/chat")
def chat(asked: Chat, _user: str = Depends(user)):
    return {"type": "response", "text": asked.text}


@app.websocket("/ws/{user_id}")
async def talk(socket: WebSocket, user_id: str):
    if user_id == "nobody":
        await socket.close(code=1008)
        return
    await socket.accept()
    await socket.send_json({"type": "welcome"})
    while True:
        message = await socket.receive()
        if message["type"] == "websocket.disconnect":
            return
        if message.get("bytes") is not None:
            with wave.open(io.BytesIO(message["bytes"])) as file:
                await socket.send_json({"type": "transcription", "frames": file.getnframes()})
            continue
        asked = json.loads(message["text"])
        if asked.get("text") == "leave":
            await socket.close(code=1011, reason="the model has gone")
            return
        await socket.send_json({"type": "typing"})
        await asyncio.sleep(0.02)
        await socket.send_json({"type": "response", "text": asked["text"]})


if __name__ == "__main__":
    # A client that answers no pings is cut off within a tenth of a second.
    pings = {"ws_ping_interval": 0.05, "ws_ping_timeout": 0.05}
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="error", **pings)
