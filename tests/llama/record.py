"""Records what llama.cpp answers to `prompts.jsonl` with the model inside `pw`: the goldens of `tests/it/goldens.rs`.

    python3 -m venv .venv-llama && .venv-llama/bin/pip install xllamacpp
    .venv-llama/bin/python tests/llama/record.py

To be run after each training; the first line of the file names the model, and a test refuses the goldens of another one.
A prompt at which two tokens are nearly equal is left out: llama.cpp rounds within its sums, and so would another machine.
"""

import hashlib
import json
import pathlib
import urllib.request

from serve import start

HERE = pathlib.Path(__file__).parent
MODEL = HERE / "../../src/provider/embedded/weather.gguf"
GOLDENS = HERE / "../it/fixtures/embedded/goldens.jsonl"
MOST_TOKENS = 48
# llama.cpp rounds activations to 8 bits, `pw` does not: logits of the two differ by about 0.02, and on text far from what
# the model was trained on by a quarter and more.
NEAR = 0.5


def post(address: str, path: str, body: dict) -> dict:
    data = json.dumps(body).encode()
    request = urllib.request.Request(address + path, data, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def golden(address: str, messages: list) -> dict:
    prompt = post(address, "/apply-template", {"messages": messages})["prompt"]
    split = {"content": prompt, "add_special": True, "parse_special": True}
    tokens = post(address, "/tokenize", split)["tokens"]
    asked = {"messages": messages, "temperature": 0, "max_tokens": MOST_TOKENS, "cache_prompt": False}
    asked |= {"logprobs": True, "top_logprobs": 2}
    answer = post(address, "/v1/chat/completions", asked)
    usage, choice = answer["usage"], answer["choices"][0]
    assert usage["prompt_tokens"] == len(tokens), messages
    return {
        "margin": margin(choice),
        "messages": messages,
        "tokens": tokens,
        "text": choice["message"]["content"],
        "finish": choice["finish_reason"],
        "written": usage["completion_tokens"],
    }


def margin(choice: dict) -> float:
    """Returns the least distance of the two likeliest tokens over an answer, in logits."""
    tokens = (choice.get("logprobs") or {}).get("content", [])
    pairs = ([top["logprob"] for top in token["top_logprobs"]] for token in tokens)
    return min((pair[0] - pair[1] for pair in pairs), default=0.0)


def main() -> None:
    server, address = start(str(MODEL.resolve()))
    lines = [{"sha256": hashlib.sha256(MODEL.read_bytes()).hexdigest(), "max_tokens": MOST_TOKENS}]
    for line in (HERE / "prompts.jsonl").read_text().splitlines():
        answer = golden(address, json.loads(line))
        if answer.pop("margin") >= NEAR:
            lines.append(answer)
        else:
            print(f"left out, a near tie: {answer['text']!r} to {line}")
    texts = (json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    GOLDENS.write_text("".join(texts))
    print(f"{len(lines) - 1} answers to {GOLDENS.resolve()}")


if __name__ == "__main__":
    main()
