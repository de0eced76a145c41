"""A chat model that follows a script: enough of the OpenAI protocol for OpenCode to make real turns.

Each step of the script answers one request of a turn: a tool call ({"tool": ..., "args": ...}) or text.
Requests without tools (OpenCode asks for a title) get a fixed text and use no step.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Step = dict[str, Any]


def _answer(request: dict[str, Any], steps: Sequence[Step]) -> Step:
    messages = request["messages"]
    if not request.get("tools"):
        return {"text": "A title"}
    said = 0
    for message in reversed(messages):
        if message["role"] == "user":
            break
        said += message["role"] == "assistant"
    return steps[said] if said < len(steps) else {"text": "Nothing is left to do."}


def _chunks(step: Step, number: int, model: str) -> list[dict[str, Any]]:
    def chunk(delta: dict[str, Any], finish: str | None = None) -> dict[str, Any]:
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        return {
            "id": f"c{number}",
            "object": "chat.completion.chunk",
            "created": 1,
            "model": model,
            "choices": [choice],
        }

    if "tool" in step:
        function = {"name": step["tool"], "arguments": json.dumps(step["args"])}
        call = {"index": 0, "id": f"call-{number}", "type": "function", "function": function}
        body, finish = {"tool_calls": [call]}, "tool_calls"
    else:
        body, finish = {"content": step["text"]}, "stop"
    last = chunk({}, finish) | {"usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}}
    return [chunk({"role": "assistant", "content": ""}), chunk(body), last]


class ModelServer:
    """Listens on 127.0.0.1, at a free port, until the `with` block ends. `steps` may be replaced between turns."""

    def __init__(self, steps: Sequence[Step]) -> None:
        self.steps = list(steps)
        self.requests: list[dict[str, Any]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, format: str, *args: object) -> None:
                pass

            def do_POST(self) -> None:
                request = json.loads(self.rfile.read(int(self.headers["content-length"])))
                outer.requests.append(request)
                step = _answer(request, outer.steps)
                self.send_response(200)
                self.send_header("content-type", "text/event-stream")
                self.end_headers()
                for piece in _chunks(step, len(outer.requests), request.get("model", "")):
                    self.wfile.write(b"data: " + json.dumps(piece).encode() + b"\n\n")
                self.wfile.write(b"data: [DONE]\n\n")

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/v1"

    def __enter__(self) -> ModelServer:
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join(5)
