"""A real llama.cpp server for tests: `python tests/llama/serve.py MODEL [PORT]` prints its address and serves until killed.

Needs the package `xllamacpp` (llama.cpp's own HTTP server, in one wheel).
"""

import sys
import time

import xllamacpp


def start(model: str, port: int = 0) -> tuple[xllamacpp.Server, str]:
    """Starts a server of one slot on one thread, so that answers do not depend on the machine."""
    params = xllamacpp.CommonParams()
    params.model.path = model
    params.hostnames = ["127.0.0.1"]
    params.port = port
    params.n_parallel = 1
    params.cpuparams.n_threads = 1
    params.cpuparams_batch.n_threads = 1
    params.ui = False
    server = xllamacpp.Server(params)
    return server, server.listening_address


if __name__ == "__main__":
    server, address = start(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 0)
    print(address, flush=True)
    while True:
        time.sleep(60)
