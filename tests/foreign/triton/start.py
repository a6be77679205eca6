"""Runs the tritonserver of NVIDIA's wheel on the CPU, with a repository of small models made for the purpose.

usage: start.py FOLDER GRPC_PORT
Says `port N` once it listens, which is before the models are loaded, and stops when its standard input ends. Only loopback is listened on.
"""

import ctypes
import importlib.util
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time

FIRST_MS = 30
GAP_MS = 10

INPUTS = """input [
  { name: "text_input" data_type: TYPE_STRING dims: [ 1 ] },
  { name: "max_tokens" data_type: TYPE_INT32 dims: [ 1 ] },
  { name: "stream" data_type: TYPE_BOOL dims: [ 1 ] optional: true }
]
"""
TEXT = '{ name: "text_output" data_type: TYPE_STRING dims: [ 1 ] }'
COUNTS = ", ".join('{ name: "%s" data_type: TYPE_INT32 dims: [ 1 ] }' % name for name in ("num_output_tokens", "num_input_tokens"))

# Name, decoupled, how answers end, largest batch, counts tokens.
MODELS = [
    ("words", True, "marked", 0, False),
    ("words_ef", True, "empty", 0, False),
    ("words_whole", False, "whole", 0, False),
    ("words_batched", True, "marked", 8, True),
    ("words_broken", True, "broken", 0, False),
]


def server_root():
    # The package itself is not imported: it would want a dozen others.
    return pathlib.Path(importlib.util.find_spec("pytriton").submodule_search_locations[0]) / "tritonserver"


def stub_path():
    return server_root() / "python_backend_stubs" / f"{sys.version_info[0]}.{sys.version_info[1]}" / "triton_python_backend_stub"


def missing_libraries():
    """Shared libraries that the backend's helper process lacks; with any missing, tritonserver would wait for ever."""
    if not stub_path().exists():
        sys.exit(f"NVIDIA's wheel has no Python backend for this Python, {sys.version.split()[0]}")
    told = subprocess.run(["ldd", str(stub_path())], capture_output=True, text=True, check=True).stdout
    return [line.split()[0] for line in told.splitlines() if "not found" in line]


def make_repository(folder):
    source = pathlib.Path(__file__).with_name("model.py")
    for name, decoupled, ending, batch, counts in MODELS:
        version = folder / "models" / name / "1"
        version.mkdir(parents=True)
        shutil.copy(source, version / "model.py")
        parameters = {"first_ms": FIRST_MS, "gap_ms": GAP_MS, "ending": ending}
        config = f'name: "{name}"\nbackend: "python"\nmax_batch_size: {batch}\n'
        config += "model_transaction_policy { decoupled: %s }\n" % json.dumps(decoupled)
        config += INPUTS + "output [ %s ]\n" % ", ".join([TEXT, COUNTS] if counts else [TEXT])
        config += "instance_group [ { kind: KIND_CPU count: 1 } ]\n"
        for key, value in parameters.items():
            config += f'parameters {{ key: "{key}" value {{ string_value: "{value}" }} }}\n'
        (version.parent / "config.pbtxt").write_text(config)
    shutil.copytree(server_root() / "backends", folder / "backends")
    shutil.copy(stub_path(), folder / "backends" / "python")


def environment():
    packages = server_root().parent.parent
    # The helper process finds its Python by the path, and with it what is installed beside it.
    path = f"{pathlib.Path(sys.prefix) / 'bin'}:{os.environ['PATH']}"
    libraries = str(packages / "nvidia_pytriton.libs")
    return {**os.environ, "PATH": path, "LD_LIBRARY_PATH": libraries, "PYTHONPATH": str(packages)}


def start_server(folder, port):
    command = [
        str(server_root() / "bin" / "tritonserver"),
        f"--model-repository={folder / 'models'}",
        f"--backend-directory={folder / 'backends'}",
        "--grpc-address=127.0.0.1",
        f"--grpc-port={port}",
        "--allow-http=false",
        "--allow-metrics=false",
        "--exit-on-error=false",
        "--exit-timeout-secs=3",
        # Shared memory of its own: several servers may run at once.
        f"--backend-config=python,shm-region-prefix-name=june_load_{os.getpid()}_",
        "--backend-config=python,shm-default-byte-size=4194304",
    ]
    stop_with_parent = lambda: ctypes.CDLL(None).prctl(1, signal.SIGTERM)
    with open(folder / "log.txt", "w") as log:
        return subprocess.Popen(command, env=environment(), stdout=log, stderr=log, preexec_fn=stop_with_parent)


def wait_until_listening(server, port, log):
    while server.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.05)
    sys.exit(f"tritonserver ended before it listened:\n{log.read_text()[-4000:]}")


def main():
    missing = missing_libraries()
    if sys.argv[1:] == ["--missing"]:
        return print(" ".join(missing))
    if missing:
        sys.exit(f"The Python backend lacks {' '.join(missing)}")
    folder, port = pathlib.Path(sys.argv[1]), int(sys.argv[2])
    make_repository(folder)
    server = start_server(folder, port)
    threading.Thread(target=lambda: (sys.stdin.read(), server.send_signal(signal.SIGTERM)), daemon=True).start()
    wait_until_listening(server, port, folder / "log.txt")
    print(f"port {port}", flush=True)
    try:
        server.wait()
    finally:
        server.kill()


main()
