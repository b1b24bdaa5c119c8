"""Many commands, and the digest of all that each writes: a line each. ``python tests/samebytes.py REPOSITORY``.

Whatever machine, language, time zone, folder or seed of hashes: the lines are the same. Used by ``test_same_bytes.py``
and, in another Linux, by ``.ci/bare``. Options name what is left out where a library is missing.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import io
import os
import sys
import tempfile
import warnings
from pathlib import Path

COMMANDS = [
    "draw 6 conv:3 fc:2 -o a.svg -o a.png -o a.pdf -o a.dot -o a.tex -o a.typ",
    "draw 2x8 conv:3,p=1,c=4 maxpool:2 fc:2 --theme print -o a.svg -o a.png",
    "draw 7,values=0/1/2/-1/1/-3/0 conv:3,weight=1/0/-1 --show values --theme auto -o a.svg -o a.pdf",
    "draw x=6 conv:3,p=1 relu conv:3,p=1 add:x relu --title $x_1^2$ -o a.svg -o a.png",
    "draw 5 conv:3 // 5 fc:3 --view both --color-by weight -o a.svg -o a.pdf",
    "draw 80 fc:80 --max-units 0 --color-by weight -o a.svg -o a.png -o a.pdf",
    "draw 784 fc:100 fc:10 --highlight y.1 -o a.svg -o a.tex",
    "draw 3x64 conv:5,c=8,p=2 relu maxpool:2 flatten fc:10 --theme dark -o a.svg -o a.png",
    "draw 8 sparse:units=5,density=0.4 --seed 7 -o a.svg",
    "draw 7 conv:3 --animate slide -o a.svg -o a.pdf -o step-%02d.svg -o step-%02d.tex",
    "draw {repository}/samples/63-fewer-weights.toml -o a.svg",
    "draw {repository}/samples/learned/autoencoder.onnx -o a.svg -o a.png",
    "draw {repository}/samples/learned/residual.onnx --view matrix -o a.svg",
    "describe {repository}/samples/learned/edges.onnx --json",
    "describe 784 conv:5,s=2 relu fc:10 --json",
    "export 6 conv:3,bias relu fc:2 -o a.json -o a.graphml -o a.csv",
    "export 6 conv:3 fc:2 -o a.npz",
    "schema",
    "draw 6 cov:3 -o a.svg",
    "draw {repository}/tests/models/recorded/causal.onnx -o a.svg",
]
EXTRAS = {
    "PIL": ["draw 7 conv:3 --animate slide -o a.gif -o a.apng -o a.webp"],
    "h5py": [
        "draw {repository}/tests/models/keras/residual.keras -o a.svg",
        "describe {repository}/tests/models/keras/mlp.h5",
    ],
    "fontTools": ["draw 6 conv:3 fc:2 --text outlines -o a.svg"],
}
"""What needs a library beside ours."""


def digest(command: str, repository: Path) -> str:
    """The digest of what a command says and writes, and its exit code; the repository is called the same wherever it is."""
    from connectivity.cli.main import main  # type: ignore[import-not-found]  # cli/, until it is installed

    said = io.StringIO()
    words = [word.format(repository=repository) if word.startswith("{") else word for word in command.split()]
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said), warnings.catch_warnings():
            code = main(words)
        sha = hashlib.sha256(f"{code}\n{said.getvalue().replace(str(repository), '')}".encode())
        for path in sorted(Path().iterdir()):
            sha.update(f"\n{path.name}\n".encode() + path.read_bytes())
    return sha.hexdigest()


def main() -> None:
    """Print a line a command; those of extras as far as the arguments behind the repository name them."""
    repository = Path(sys.argv[1]).resolve()
    there = [name for name in EXTRAS if importlib.util.find_spec(name) is not None and name not in sys.argv[2:]]
    for command in [*COMMANDS, *(one for name in there for one in EXTRAS[name])]:
        print(digest(command, repository), command, flush=True)


if __name__ == "__main__":
    os.environ.pop("CONNECTIVITY_DEBUG", None)
    main()
