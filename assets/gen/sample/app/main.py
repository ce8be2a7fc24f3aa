"""speech-api: transcribes what people say to it."""

from fastapi import FastAPI, HTTPException, UploadFile
from pydantic import BaseModel

from transcribe import Transcriber

app = FastAPI(title="speech-api")
transcriber = Transcriber()


class Transcript(BaseModel):
    language: str
    text: str
    seconds: float


@app.get("/health")
def health() -> dict[str, str]:
    return {"status": "ok"}


@app.post("/transcribe")
async def transcribe(file: UploadFile) -> Transcript:
    audio = await file.read()
    if not audio:
        raise HTTPException(status_code=400, detail="the file is empty")
    return Transcript(**transcriber.run(audio))
