"""Speech to text with Whisper."""

import tempfile
import time

import torch
import whisper


class Transcriber:
    """Loads the model at the first call and keeps it."""

    def __init__(self, name: str = "base") -> None:
        self.name = name
        self.model = None

    def run(self, audio: bytes) -> dict:
        if self.model is None:
            device = "cuda" if torch.cuda.is_available() else "cpu"
            self.model = whisper.load_model(self.name, device=device)
        start = time.monotonic()
        with tempfile.NamedTemporaryFile(suffix=".wav") as f:
            f.write(audio)
            f.flush()
            result = self.model.transcribe(f.name)
        return {
            "language": result["language"],
            "text": result["text"].strip(),
            "seconds": time.monotonic() - start,
        }
