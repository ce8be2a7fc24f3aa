from pathlib import Path

from fastapi.testclient import TestClient

from main import app

client = TestClient(app)


def test_health():
    assert client.get("/health").json() == {"status": "ok"}


def test_empty_file():
    assert client.post("/transcribe", files={"file": b""}).status_code == 400


def test_hello():
    audio = (Path(__file__).parent / "data" / "hello.wav").read_bytes()
    assert "hello" in client.post("/transcribe", files={"file": audio}).json()["text"].lower()
