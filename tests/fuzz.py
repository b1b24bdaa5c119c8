"""``make fuzz``: every target of ``fuzzing.py`` for a while, and how many inputs each had.

    python tests/fuzz.py [--seconds 180] [--seed 1] [TARGET ...]

With ``atheris`` (pip install atheris) inputs are those that reach new code; without it, seeds that are changed by chance.
An input that shows a defect is kept in ``samples/build/fuzz``; a target that is given a file runs it alone:
``python tests/fuzz.py notation samples/build/fuzz/notation-1``.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import os
import random
import re
import subprocess
import sys
import time
import traceback
from collections.abc import Sequence
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE / "models"), str(HERE.parent)]

FOUND = HERE.parent / "samples" / "build" / "fuzz"
LONG = 20  # seconds of a processor that no input may take
_RUNS = re.compile(r"#(\d+)|Done (\d+) runs")


def by_coverage(name: str, seconds: float, seed: int) -> int:
    """Run a target in atheris, in a process of its own, which ends with it; the number of inputs."""
    command = [sys.executable, __file__, "--child", name, "--seconds", f"{seconds:.0f}", "--seed", str(seed)]
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    counts = [int(one or other) for one, other in _RUNS.findall(done.stderr)]
    for part in done.stdout.split(f"{name}: a defect: ")[1:]:
        print(f"{name}: a defect: {part}", flush=True)
    if done.returncode:
        FOUND.mkdir(parents=True, exist_ok=True)
        (FOUND / f"{name}.log").write_text(done.stdout + done.stderr)
        print(f"{name}: a defect: see {FOUND / name}.log", flush=True)
        print("\n".join(f"  {line}" for line in said_last(done.stdout + done.stderr)), flush=True)
    return max(counts, default=0)


def said_last(log: str) -> list[str]:
    """The end of a traceback, within a log."""
    lines = log.splitlines()
    start = next((n for n, line in enumerate(lines) if "Uncaught Python exception" in line or "ERROR: " in line), 0)
    return lines[start : start + 60]


def child(name: str, seconds: float, seed: int) -> None:
    """Be the process of a target."""
    import atheris

    with atheris.instrument_imports(include=["connectivity"]):
        from fuzzing import TARGETS
    target = TARGETS[name]
    corpus = FOUND / f"{name}-corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    for data in target.seeds():
        (corpus / hashlib.sha256(data).hexdigest()[:16]).write_bytes(data)
    arguments = [
        f"-max_total_time={seconds:.0f}",
        f"-seed={seed}",
        f"-timeout={LONG}",
        "-rss_limit_mb=3000",
        "-max_len=6000",
    ]
    arguments += [f"-artifact_prefix={FOUND}/{name}-", str(corpus)]
    if target.words:
        words = FOUND / f"{name}.dict"
        words.write_text("\n".join(f'"{_escaped(word)}"' for word in target.words) + "\n")
        arguments.append(f"-dict={words}")
    atheris.Setup([sys.argv[0], *arguments], lambda data: tried(name, data))
    atheris.Fuzz()


def _escaped(word: str) -> str:
    return "".join(f"\\x{byte:02x}" for byte in word.encode("utf-8", errors="surrogatepass"))


def by_chance(name: str, seconds: float, seed: int) -> int:
    """Run a target with seeds that are changed by chance; the number of inputs."""
    from fuzzing import TARGETS, mutated

    target = TARGETS[name]
    seeds, chance = target.seeds(), random.Random(f"{name} {seed}")
    end, number = time.monotonic() + seconds, 0
    for data in seeds:
        tried(name, data)
    while time.monotonic() < end:
        tried(name, mutated(seeds, target.words, chance))
        number += 1
    return number + len(seeds)


_seen: set[str] = set()


def tried(name: str, data: bytes) -> bool:
    """Run a target once; whether it held. What shows a defect, or takes long, is kept, of those of one place the first."""
    from fuzzing import TARGETS

    start = time.process_time()
    try:
        TARGETS[name].run(data)
        if time.process_time() - start < LONG:
            return True
        why = sign = f"it took {time.process_time() - start:.0f} s"
    except Exception as error:
        why = traceback.format_exc()
        frame = traceback.extract_tb((error.__context__ or error).__traceback__)[-1]
        sign = f"{type(error).__name__} {frame.filename}:{frame.lineno}"
    if sign in _seen:
        return False
    _seen.add(sign)
    FOUND.mkdir(parents=True, exist_ok=True)
    path = FOUND / f"{name}-{hashlib.sha256(data).hexdigest()[:16]}"
    path.write_bytes(data)
    print(f"{name}: a defect: {path}\n{why}", flush=True)
    return False


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code: 1 where there are defects."""
    parser = argparse.ArgumentParser(description="Fuzz whatever reads input.")
    parser.add_argument("targets", nargs="*", help="names of targets, or one and the files that it is to run")
    parser.add_argument("--seconds", type=float, default=180, help="for each target")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--chance", action="store_true", help="without coverage")
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    said = parser.parse_args(arguments)
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    if said.child:
        child(said.targets[0], said.seconds, said.seed)
        return 0
    from fuzzing import TARGETS

    files = [Path(name) for name in said.targets if name not in TARGETS]
    if files:
        return int(sum(not tried(said.targets[0], path.read_bytes()) for path in files) > 0)
    guided = importlib.util.find_spec("atheris") is not None and not said.chance
    total = 0
    for name in said.targets or TARGETS:
        number = (by_coverage if guided else by_chance)(name, said.seconds, said.seed)
        total += number
        print(f"{name:12} {number:12,} inputs", flush=True)
    print(f"{'all':12} {total:12,} inputs, {'by coverage' if guided else 'by chance'}", flush=True)
    found = (
        [path for path in FOUND.glob("*") if path.is_file() and path.suffix not in (".dict",)] if FOUND.is_dir() else []
    )
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
