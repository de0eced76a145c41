#!/usr/bin/env python3
"""A fake model for tests, on 127.0.0.1 only: fakemodel.py PORT STEPS.json LOG.jsonl

Speaks, by path, the Anthropic Messages API, the OpenAI Responses API and Gemini's generateContent, streamed or not.
STEPS is a list; the n-th answer of a turn is step n, then {"text": "Done."}:
  {"tool": "Write", "args": {...}}   a tool call (Codex: "input": "…" instead of "args" calls a free-form tool)
  {"text": "..."}                    a text, which ends the turn        (either: "wait": 2.5 answers that much later)
A request that offers no tools (a title, a summary) gets a text and uses no step.
It ends by itself after FAKE_SECONDS (300) or 500 requests.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from collections.abc import Callable, Iterable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, TextIO

Json = dict[str, Any]
Answer = tuple[Json, list[Json]]
"""The whole of it, and as events."""

SECONDS, REQUESTS = float(os.environ.get("FAKE_SECONDS", "300")), 500
TITLE: Json = {"text": "Fake title"}
DONE: Json = {"text": "Done."}


def answered(items: list[Json], is_prompt: Callable[[Json], bool], is_answer: Callable[[Json], int]) -> int:
    """How many tool calls have been answered since the last prompt: the number of the step to give."""
    start = max((i for i, item in enumerate(items) if is_prompt(item)), default=0)
    return sum(is_answer(item) for item in items[start:])


# --- Anthropic: POST /v1/messages


def claude_blocks(message: Json, kind: str) -> list[Json]:
    content = message["content"]
    return [b for b in content if b["type"] == kind] if isinstance(content, list) else []


def claude_step(req: Json) -> int:
    return answered(
        req["messages"],
        lambda m: m["role"] == "user" and not claude_blocks(m, "tool_result"),
        lambda m: len(claude_blocks(m, "tool_result")),
    )


def claude_answer(req: Json, step: Json, ident: str) -> Answer:
    if "tool" in step:
        block = {"type": "tool_use", "id": f"toolu_{ident}", "name": step["tool"], "input": step["args"]}
        empty, delta, stop = {**block, "input": {}}, {"type": "input_json_delta"}, "tool_use"
        delta["partial_json"] = json.dumps(step["args"])
    else:
        block = {"type": "text", "text": step["text"]}
        empty, delta, stop = {**block, "text": ""}, {"type": "text_delta", "text": step["text"]}, "end_turn"
    usage = {"input_tokens": 10, "output_tokens": 5, "cache_creation_input_tokens": 0, "cache_read_input_tokens": 0}
    message = {"id": f"msg_{ident}", "type": "message", "role": "assistant", "model": req.get("model"), "usage": usage}
    whole = {**message, "content": [block], "stop_reason": stop, "stop_sequence": None}
    return whole, [
        {"type": "message_start", "message": {**whole, "content": [], "stop_reason": None}},
        {"type": "content_block_start", "index": 0, "content_block": empty},
        {"type": "content_block_delta", "index": 0, "delta": delta},
        {"type": "content_block_stop", "index": 0},
        {"type": "message_delta", "delta": {"stop_reason": stop, "stop_sequence": None}, "usage": usage},
        {"type": "message_stop"},
    ]


# --- OpenAI: POST /v1/responses


def codex_step(req: Json) -> int:
    items = req["input"] if isinstance(req["input"], list) else []
    return answered(
        items,
        lambda i: i.get("role") == "user",
        lambda i: i.get("type") in ("function_call_output", "custom_tool_call_output"),
    )


def codex_answer(req: Json, step: Json, ident: str) -> Answer:
    call = {"call_id": f"call_{ident}", "id": f"fc_{ident}", "status": "completed", "name": step.get("tool")}
    if "input" in step:
        item = {"type": "custom_tool_call", **call, "input": step["input"]}
    elif "tool" in step:
        item = {"type": "function_call", **call, "arguments": json.dumps(step["args"])}
    else:
        text = {"type": "output_text", "text": step["text"], "annotations": []}
        item = {"type": "message", "id": f"msg_{ident}", "status": "completed", "role": "assistant", "content": [text]}
    whole = {"id": f"resp_{ident}", "object": "response", "status": "completed", "model": req.get("model")}
    whole |= {"output": [item], "usage": {"input_tokens": 10, "output_tokens": 5, "total_tokens": 15}}
    return whole, [
        {"type": "response.created", "response": {**whole, "status": "in_progress", "output": [], "usage": None}},
        {"type": "response.output_item.added", "output_index": 0, "item": item},
        {"type": "response.output_item.done", "output_index": 0, "item": item},
        {"type": "response.completed", "response": whole},
    ]


# --- Gemini: POST /v1beta/models/NAME:streamGenerateContent


def gemini_parts(content: Json, kind: str) -> list[Json]:
    return [p for p in content.get("parts", []) if kind in p]


def gemini_step(req: Json) -> int:
    return answered(
        req["contents"],
        lambda c: c.get("role") == "user" and not gemini_parts(c, "functionResponse"),
        lambda c: len(gemini_parts(c, "functionResponse")),
    )


def gemini_answer(req: Json, step: Json, ident: str) -> Answer:
    part = {"functionCall": {"name": step["tool"], "args": step["args"]}} if "tool" in step else {"text": step["text"]}
    usage = {"promptTokenCount": 10, "candidatesTokenCount": 5, "totalTokenCount": 15}
    candidate = {"index": 0, "content": {"role": "model", "parts": [part]}, "finishReason": "STOP"}
    whole = {"candidates": [candidate], "usageMetadata": usage, "modelVersion": "fake-1", "responseId": ident}
    return whole, [whole]


DIALECTS: tuple[tuple[str, Callable[[Json], int], Callable[[Json, Json, str], Answer]], ...] = (
    ("/messages", claude_step, claude_answer),
    ("/responses", codex_step, codex_answer),
    (":streamGenerateContent", gemini_step, gemini_answer),
    (":generateContent", gemini_step, gemini_answer),
)


class Server(ThreadingHTTPServer):
    """What it says, and where it writes down what it was asked."""

    daemon_threads = True

    def __init__(self, port: int, steps: list[Json], log: TextIO) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.steps, self.log, self.lock, self.seen = steps, log, threading.Lock(), 0

    def note(self, **what: object) -> None:
        with self.lock:
            self.seen += 1
            if self.seen > REQUESTS:
                os._exit(3)
            self.log.write(json.dumps({"t": time.time(), **what}) + "\n")
            self.log.flush()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def log_message(self, *_: object) -> None:
        pass

    def note(self, **what: object) -> None:
        self.server.note(path=self.path, **what)

    def answer(self, body: bytes, kind: str = "application/json", status: int = 200) -> None:
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def do_GET(self) -> None:
        self.note(method=self.command)
        self.answer(b'{"error": {"type": "not_found", "message": "fake"}}', status=404)

    do_HEAD = do_GET  # noqa: N815  the library's name

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers.get("content-length") or 0))
        path = self.path.split("?")[0]
        if path.endswith((":countTokens", "/count_tokens")):
            self.note(method="POST")
            self.answer(b'{"totalTokens": 10, "input_tokens": 10}')
            return
        found = next(((count, make) for end, count, make in DIALECTS if path.endswith(end)), None)
        if not found:
            self.note(method="POST", body=raw[:300].decode(errors="replace"))
            self.answer(b"{}", status=404)
            return
        count, make = found
        req = json.loads(raw)
        n, tools = count(req), tool_names(req.get("tools") or [])
        step = TITLE if not tools else self.server.steps[n] if n < len(self.server.steps) else DONE
        self.note(method="POST", step=n, tools=tools, answer=step)
        time.sleep(step.get("wait", 0))
        whole, events = make(req, step, f"{n}_{time.time_ns()}")
        if not (req.get("stream") or path.endswith(":streamGenerateContent")):
            self.answer(json.dumps(whole).encode())
            return
        self.answer("".join(map(sse, events)).encode(), "text/event-stream")


def sse(event: Json) -> str:
    named = f"event: {event['type']}\n" if "type" in event else ""
    return f"{named}data: {json.dumps(event)}\n\n"


def tool_names(tools: Iterable[Json]) -> list[str]:
    declared = [d for t in tools for d in t.get("functionDeclarations", [t])]
    return sorted(str(d.get("name") or d.get("type")) for d in declared)


def main() -> None:
    port, steps, log = sys.argv[1:]
    server = Server(int(port), json.loads(Path(steps).read_text()), Path(log).open("a"))  # noqa: SIM115  to its end
    timer = threading.Timer(SECONDS, server.shutdown)
    timer.daemon = True
    timer.start()
    server.serve_forever()


main()
