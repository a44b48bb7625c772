"""Translates segments one by one with llama.cpp, greedy, and prints speed, memory and outputs as JSON.

The prompt is BOS + segment + newline; a translation ends at end-of-sequence or after 200 tokens. For a fair comparison
build with AMX off where the other side has none: CMAKE_ARGS="-DGGML_NATIVE=ON -DGGML_AMX_INT8=OFF -DGGML_AMX_TILE=OFF
-DGGML_AMX_BF16=OFF" pip install --no-binary llama-cpp-python llama-cpp-python==0.3.36
The name of this file is not `llama_cpp.py` because that would hide the library of this name.

Usage: peer_llama_cpp.py MODEL.gguf SEGMENTS.txt [--threads 2] [--limit N]
"""

import argparse
import json
import resource
import time
from pathlib import Path

import llama_cpp

LONGEST_ANSWER = 200  # tokens
CONTEXT = 1024  # tokens


def translate(model, segment):
    """Ids of the answer, tokens of the prompt, seconds up to the first answer token, seconds after it, steps after it."""
    prompt = [model.token_bos(), *model.tokenize(segment.encode() + b"\n", add_bos=False, special=False)]
    start = time.perf_counter()
    answer, first, steps = [], None, 0
    for token in model.generate(prompt, temp=0.0, repeat_penalty=1.0, reset=True):
        first = first or time.perf_counter()
        if token == model.token_eos():
            break
        answer.append(token)
        if len(answer) == LONGEST_ANSWER:
            break
        steps += 1
    end = time.perf_counter()
    return answer, len(prompt), first - start, end - first, steps


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("model", type=Path)
    arguments.add_argument("segments", type=Path)
    arguments.add_argument("--threads", type=int, default=2)
    arguments.add_argument("--limit", type=int)
    arguments = arguments.parse_args()
    segments = arguments.segments.read_text("utf-8").splitlines()[:arguments.limit]
    start = time.perf_counter()
    model = llama_cpp.Llama(str(arguments.model), n_ctx=CONTEXT, n_threads=arguments.threads, n_threads_batch=arguments.threads,
                            verbose=False)
    load_seconds = time.perf_counter() - start
    runs = []
    for segment in segments:
        model.reset()  # no prompt may reuse the cache of the one before it
        runs.append(translate(model, segment))
    answers, prompt_tokens, prompt_seconds, decode_seconds, steps = zip(*runs)
    generated = sum(map(len, answers))
    print(json.dumps({
        "engine": f"llama-cpp-python {llama_cpp.__version__}",
        "build": llama_cpp.llama_print_system_info().decode().strip(),
        "threads": arguments.threads,
        "segments": len(segments),
        "prompt_tokens": sum(prompt_tokens),
        "generated_tokens": generated,
        "load_seconds": load_seconds,
        "prompt_seconds": sum(prompt_seconds),
        "decode_seconds": sum(decode_seconds),
        "prompt_tokens_per_second": sum(prompt_tokens) / sum(prompt_seconds),
        "decode_tokens_per_second": sum(steps) / sum(decode_seconds),
        "generated_tokens_per_second_with_prompts": generated / (sum(prompt_seconds) + sum(decode_seconds)),
        "peak_rss_megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "outputs": [model.detokenize(list(answer)).decode("utf-8", "replace") for answer in answers],
    }, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
