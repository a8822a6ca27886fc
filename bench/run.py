"""Runs the benchmark programs beside their peers: run.py <build folder> [--rounds N] [--only WORD] [--markdown]

Each pair of programs stays alive and takes turns, a round each, A B A B; what is reported are the medians. A line of JSON
has name, value, unit, peer, peer_value and ratio: how many times better than the peer.

  SUMI_PEER_TENSORFLOW_PYTHON, SUMI_PEER_TORCH_PYTHON   interpreters that have the peers, default: this one; empty: none,
                                                        and what is measured beside it is left out"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
TENSORFLOW = os.environ.get("SUMI_PEER_TENSORFLOW_PYTHON", sys.executable)
TORCH = os.environ.get("SUMI_PEER_TORCH_PYTHON", sys.executable)
# Threads that wait sleep, so that the side whose turn it is has the machine.
QUIET = {"OMP_WAIT_POLICY": "passive", "KMP_BLOCKTIME": "0", "PYTHONDONTWRITEBYTECODE": "1", "PYTHONWARNINGS": "ignore"}


def tensorflow(script, *arguments):
    return [TENSORFLOW, str(HERE / script), *arguments]


def torch(script, *arguments):
    return [TORCH, str(HERE / script), *arguments]


def there(peers):
    """Those whose interpreter there is."""
    return {name: command for name, command in peers.items() if command[0]}


def training_peers(model, threads):
    options = [model, "--threads", str(threads)]
    yield "TensorFlow session", tensorflow("peer_tensorflow.py", *options)
    yield "TensorFlow function", tensorflow("peer_tensorflow.py", *options, "--variant", "function")
    yield "PyTorch", torch("peer_torch.py", *options)
    if model == "cnn":
        yield "PyTorch channels_last", torch("peer_torch.py", *options, "--variant", "channels_last")


def op_names(programs):
    """The rows of ops.c, which names them when it is asked for another."""
    return subprocess.run([str(programs / "bench_ops"), "?"], capture_output=True, text=True).stderr.split(": ")[-1].split()


def op_peers(name, threads):
    options = [name, "--threads", str(threads)]
    yield "PyTorch", torch("peer_ops.py", *options, "--variant", "torch")
    yield "TensorFlow function", tensorflow("peer_ops.py", *options, "--variant", "tensorflow")
    yield "XLA", tensorflow("peer_ops.py", *options, "--variant", "xla")


class Program:
    """One side: `turn` lets it run a round and gives its line."""

    def __init__(self, command, rounds):
        self.process = subprocess.Popen(
            [*command, "--lockstep", "--rounds", str(rounds)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
            env={**os.environ, **QUIET},
        )  # fmt: skip

    def turn(self):
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        for line in self.process.stdout:
            if line.startswith("{"):
                return json.loads(line)
        raise RuntimeError(f"{self.process.args} gave no measurement")

    def end(self):
        self.process.stdin.close()
        self.process.wait(timeout=60)


def ratio(value, peer_value, unit):
    return value / peer_value if unit.endswith("/s") else peer_value / value


def beside(own, peers, rounds):
    """Sumi's program and its peers in turn; one line for each peer."""
    peers = there(peers)
    if not peers:
        return
    names = ["Sumi", *peers]
    programs = [Program(command, rounds + 1) for command in [own, *peers.values()]]
    lines = {name: [] for name in names}
    for program in programs:
        program.turn()  # starts and warms up
    for _ in range(rounds):
        for name, program in zip(names, programs):
            lines[name].append(program.turn())
    for program in programs:
        program.end()

    def median(name, key):
        return statistics.median(line[key] for line in lines[name])

    first = lines["Sumi"][0]
    for peer in peers:
        value, other = median("Sumi", "value"), median(peer, "value")
        yield {
            "name": first["name"], "value": value, "unit": first["unit"], "peer": peer, "peer_value": other,
            "ratio": ratio(value, other, first["unit"]),
            "cpu_ratio": ratio(median("Sumi", "cpu"), median(peer, "cpu"), first["unit"]),
        }  # fmt: skip


def process_cost(command):
    """Wall seconds and peak memory in MB of a whole process."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ, **QUIET})
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        raise RuntimeError(f"{command} failed")
    return time.perf_counter() - start, usage.ru_maxrss / 1024


def start_up(programs, rounds):
    """A process that makes the demo's network and trains three steps, and one that only imports the peer."""
    own = [str(programs / "bench_train"), "cnn", "--steps", "1", "--rounds", "1"]
    peers = {
        "import tensorflow": [TENSORFLOW, "-c", "import tensorflow"],
        "import torch": [TORCH, "-c", "import torch"],
    }
    peers = there(peers)
    costs = {name: [] for name in ["Sumi", *peers]}
    for _ in range(rounds):
        for name, command in [("Sumi", own), *peers.items()]:
            costs[name].append(process_cost(command))
    for index, (name, unit) in enumerate([("start/time", "s"), ("start/peak_memory", "MB")]):
        value = statistics.median(cost[index] for cost in costs["Sumi"])
        for peer in peers:
            other = statistics.median(cost[index] for cost in costs[peer])
            yield {"name": name, "value": value, "unit": unit, "peer": peer, "peer_value": other, "ratio": other / value}


def within(command):
    """A program that has its peer in itself."""
    for line in subprocess.run(command, check=True, capture_output=True, text=True, env={**os.environ, **QUIET}).stdout.splitlines():
        yield json.loads(line)


def measurements(programs, rounds, only):
    def program(name, *arguments):
        return [str(programs / f"bench_{name}"), *arguments]

    few = str(rounds)
    jobs = {
        "picture/draw": lambda: within(program("pictures", "draw", "--rounds", few)),
        "picture/png": lambda: within(program("pictures", "png", "--rounds", few)),
        "picture/draw_and_png": lambda: beside(
            program("pictures", "both"), {"matplotlib": tensorflow("peer_pictures.py", "both")}, rounds
        ),
        "logging/scalar": lambda: beside(
            program("logging", "scalar"),
            {
                "tensorboardX": tensorflow("peer_logging.py", "scalar"),
                "torch.utils.tensorboard": torch("peer_logging.py", "scalar", "--variant", "torch"),
            },
            rounds,
        ),
        "logging/closed": lambda: within(program("logging", "closed", "--rounds", few)),
        "logging/disk": lambda: within(program("logging", "disk", "--rounds", few)),
    }
    for model in ["curve", "mlp", "cnn"]:
        for threads in [1, 2]:
            jobs[f"train/{model}/{threads}"] = lambda m=model, t=threads: beside(
                program("train", m, "--threads", str(t)), dict(training_peers(m, t)), rounds
            )
    for name in op_names(programs):
        for threads in [1, 2]:
            jobs[f"ops/{name}/{threads}"] = lambda n=name, t=threads: beside(
                program("ops", n, "--threads", str(t)), dict(op_peers(n, t)), rounds
            )
    for threads in [1, 2]:
        jobs[f"train/logged/{threads}"] = lambda t=threads: within(
            program("logged_training", "demo", "--threads", str(t), "--rounds", few)
        )
    jobs["start"] = lambda: start_up(programs, rounds)
    for name, job in jobs.items():
        if only in name:
            yield from job()


def markdown(line):
    unit, cpu = line["unit"], line.get("cpu_ratio")
    cells = [
        line["name"], f"{line['value']:.4g} {unit}", line["peer"], f"{line['peer_value']:.4g} {unit}",
        f"{line['ratio']:.3g}", f"{cpu:.3g}" if cpu else "",
    ]  # fmt: skip
    return "| " + " | ".join(cells) + " |"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--only", default="", help="measurements whose name contains this")
    parser.add_argument("--markdown", action="store_true", help="rows of a table instead of JSON")
    options = parser.parse_args()
    if options.markdown:
        print("| what | Sumi | peer | the peer's | times better | by CPU time |\n|---|---|---|---|---|---|")
    for line in measurements(options.build / "bench", options.rounds, options.only):
        print(markdown(line) if options.markdown else json.dumps(line), flush=True)


main()
