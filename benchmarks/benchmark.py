"""Times load, check, render, the whole build and the preview, also with invented records, beside the same without our hook."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import platform
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

import yaml
from mkdocs.utils.yaml import yaml_load

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import invented

from build_scripts import checks, exports, pages, review
from build_scripts.links import Addresses

ROOT = Path(__file__).resolve().parent.parent
COPIED = ("benchmarks", "build_scripts", "content", "mkdocs.yml", "references.bib", "templates")
PACKAGES = ("mkdocs", "mkdocs-material", "Markdown", "Jinja2", "MarkupSafe", "pydantic", "PyYAML", "bibtexparser")

# What mkdocs.yml takes from the environment must be the same for the three builds.
FROM_OUTSIDE = ("SITE_DIR", "SITE_URL", "REPO_URL", "EDIT_URI", "DIRECTORY_URLS", "SOURCE_DATE_EPOCH", "PYTHONPATH")
ENVIRONMENT = {k: v for k, v in os.environ.items() if k not in FROM_OUTSIDE} | {"NO_MKDOCS_2_WARNING": "1"}

PHASES = {
    "load": "a  review.load",
    "check": "b  checks.problems",
    "render": "c  pages.render, exports.files",
    "ours": "d  mkdocs build --strict",
    "again": "e  d after one changed fact",
    "edit": "f  mkdocs serve, edit to page",
    "S": "S  stock, the same tree",
    "edit of S": "T  S served, edit to page",
    "N": "N  naive, pipe tables",
}


OPTIONAL = {"N": ("N",), "serve": ("edit", "edit of S")}
"""What can be left out: the naive build, and both previews."""


def main() -> None:
    """Measures each scale, prints its table as soon as it is done, and writes the JSON at the end."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=int, nargs="+", default=[1], help="how many times today's records (1 to 99)")
    parser.add_argument("--trials", type=int, nargs="+", help="twins of trials only, until there are so many; no scale")
    parser.add_argument(
        "--without", nargs="+", default=[], choices=OPTIONAL, help="what to leave out, since it takes long"
    )
    parser.add_argument("--runs", type=int, default=3, help="how often each thing is measured")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write every measured second here")
    parser.add_argument("--phases", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.phases:
        print(json.dumps(phases()))
        return
    if given.runs < 1 or not all(1 <= scale <= 99 for scale in given.scale):
        parser.error("at least one run, and a scale from 1 to 99")
    versions = {"Python": platform.python_version()} | {name: version(name) for name in PACKAGES}
    print(f"{os.cpu_count()} CPUs; {', '.join(f'{name} {number}' for name, number in versions.items())}", flush=True)
    measured = []
    # Who stops a long run should not be left with its gigabytes in the temporary folder.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))
    with tempfile.TemporaryDirectory(prefix="icb-benchmark-") as folder:
        today = Path(folder, "today")
        snapshot(today)
        sizes = [(1, trials) for trials in given.trials or ()] or [(scale, 0) for scale in given.scale]
        for scale, trials in sizes:
            root = Path(folder, f"times-{scale}-{trials}")
            measured.append(measure(today, root, scale, trials, given.runs, given.without))
            print("", *table(measured[-1]), sep="\n", flush=True)
    if given.json:
        report = {"cpus": os.cpu_count(), "versions": versions, "scales": measured}
        given.json.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")


def snapshot(today: Path, tries: int = 20, pause: int = 30) -> None:
    """Copies the project; waits for better content while somebody is in the middle of editing it."""
    for attempt in range(1, tries + 1):
        shutil.rmtree(today, ignore_errors=True)
        today.mkdir()
        try:
            for name in COPIED:
                source = ROOT / name
                shutil.copytree(source, today / name) if source.is_dir() else shutil.copy(source, today / name)
            run(["-m", "build_scripts", "check"], today)
            return
        except (shutil.Error, OSError, RuntimeError) as error:
            if attempt == tries:
                raise
            print(f"the project is not in order, again in {pause} s: {str(error)[:300]}", file=sys.stderr)
            time.sleep(pause)


def measure(today: Path, root: Path, scale: int, trials: int, runs: int, without: list[str]) -> dict[str, Any]:
    """The seconds of every phase and of both baselines at one size, run in turns so that noise meets all alike."""
    shutil.copytree(today, root)
    records, references = invented.add(root, scale, trials)
    sites = {"ours": root / "mkdocs.yml", **baselines(root)}
    left_out = {name for option in without for name in OPTIONAL[option]}
    paths = [path.relative_to(root / "stock").as_posix() for path in (root / "stock").rglob("*.md")]
    expected = {Addresses().of(path) + "index.html" for path in paths} | {"404.html"}
    seconds: dict[str, list[float]] = {name: [] for name in PHASES if name not in left_out}
    memory: dict[str, list[float]] = {name: [] for name in ("ours", "again", "S", "N") if name not in left_out}

    def build(name: str, config: Path) -> None:
        taken, most = site_seconds(config, root / "site", expected)
        seconds[name].append(taken)
        memory[name].append(most)

    for _ in range(runs):
        inside = json.loads(run(["benchmarks/benchmark.py", "--phases"], root))
        if (inside["records"], inside["references"], inside["pages"]) != (records, references, len(paths)):
            raise RuntimeError(f"{records} records, {references} references, {len(paths)} pages expected: {inside}")
        for name in ("load", "check", "render"):
            seconds[name].append(inside[name])
        shutil.rmtree(root / ".cache", ignore_errors=True)
        for name, config in sites.items():
            if name in left_out:
                continue
            build(name, config)
            if name == "ours":
                fact = min((root / "content/agents").glob("*.yml"))
                edit(fact, r'^(summary: "?)')
                build("again", config)
        if "serve" in without:
            continue
        page = f"agents/{fact.stem}"
        seconds["edit"].append(served_seconds(sites["ours"], fact, r'^(summary: "?)', page))
        seconds["edit of S"].append(served_seconds(sites["S"], root / f"stock/{page}.md", r"^(# )", page))
    shutil.rmtree(root)
    medians = {name: median(found) for name, found in seconds.items()}
    return {
        "scale": scale, "trials": inside["trials"], "runs": runs, "records": records, "references": references,
        "pages": len(paths), "seconds": seconds, "memory": memory,
        "ratios": {name: {of: m / medians[of] for of in ("N", "S") if of in medians} for name, m in medians.items()},
    }  # fmt: skip


def phases() -> dict[str, float]:
    """The seconds of our own phases on the content beside this file, in the order of a build, and what came of them."""
    times = [time.perf_counter()]
    found = review.load(ROOT)
    times.append(time.perf_counter())
    problems = checks.problems(found)
    times.append(time.perf_counter())
    rendered, downloads = pages.render(found), exports.files(found)
    times.append(time.perf_counter())
    if problems or not downloads:
        raise RuntimeError(f"{len(problems)} problems, {len(downloads)} downloads; the first: {problems[:1]}")
    load, check, render = (later - earlier for earlier, later in pairwise(times))
    records = sum(map(len, found.records.values()))
    counts = {
        "trials": len(found.trials),
        "records": records,
        "references": len(found.references),
        "pages": sum(path.endswith(".md") for path in rendered),
    }
    return {"load": load, "check": check, "render": render, **counts}


def baselines(root: Path) -> dict[str, Path]:
    """Writes the tree, as it is and naively, and for each a configuration that has our own but for the hook."""
    run(["-m", "build_scripts", "build", "stock"], root)
    shutil.copytree(root / "content/assets", root / "stock/assets")
    shutil.copytree(root / "stock", root / "naive")
    tables = 0
    for path in (root / "naive").rglob("*.md"):
        text, found = piped(path.read_text(encoding="utf-8"))
        if "<table" in text:
            raise RuntimeError(f"{path}: a table of a form that this script does not know")
        path.write_text(text, encoding="utf-8")
        tables += found
    if not tables:
        raise RuntimeError("no page has a table; N would measure nothing")
    features = yaml_load((root / "mkdocs.yml").read_text(encoding="utf-8"))["theme"]["features"]
    # exclude_docs keeps the facts beside our prose out of the site; the hook clears the addresses in the same way.
    stock: dict[str, Any] = {"INHERIT": "mkdocs.yml", "docs_dir": "stock", "hooks": [], "exclude_docs": None}
    stock |= {"repo_url": None, "edit_uri": None}
    pruned = {"features": [feature for feature in features if feature != "navigation.prune"]}
    naive = stock | {"docs_dir": "naive", "nav": None, "not_in_nav": None, "theme": pruned}
    configs = {"S": root / "stock.yml", "N": root / "naive.yml"}
    for config, settings in zip(configs.values(), (stock, naive), strict=True):
        config.write_text(yaml.safe_dump(settings), encoding="utf-8")
    return configs


TABLE = re.compile(r'<div class="facts"[^>]*>\s*<table\b[^>]*>(.*?)</table>\s*(?:<link [^>]*>)?</div>', re.DOTALL)
ROW = re.compile(r"<tr\b[^>]*>(.*?)</tr>", re.DOTALL)
CELL = re.compile(r"<(t[hd])\b[^>]*>(.*?)</\1>", re.DOTALL)


def piped(text: str) -> tuple[str, int]:
    """A page with its tables as pipe tables, the links and marks inside a cell as they were, and how many there are."""

    def pipe(table: re.Match[str]) -> str:
        rows = [[cell for _, cell in CELL.findall(row)] for row in ROW.findall(table[1])]
        rows.insert(1, ["---"] * len(rows[0]))
        lines = (" | ".join(" ".join(cell.replace("|", "&#124;").split()) for cell in row) for row in rows)
        return "\n" + "\n".join(f"| {line} |" for line in lines) + "\n"

    return TABLE.subn(pipe, text)


def site_seconds(config: Path, site: Path, expected: set[str]) -> tuple[float, float]:
    """The seconds and megabytes of one build; one that fails, or leaves other pages than expected, is an error."""
    # Never with --quiet: MkDocs then does not count its warnings, and --strict passes whatever they say.
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "-f", config.name, "-d", site.name]
    with tempfile.TemporaryFile("w+") as said:
        start = time.perf_counter()
        running = subprocess.Popen(command, cwd=config.parent, env=ENVIRONMENT, stdout=said, stderr=said)
        _, status, usage = os.wait4(running.pid, 0)
        seconds = time.perf_counter() - start
        running.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        if running.returncode:
            raise RuntimeError(f"{' '.join(command)} failed: {said.read()[-1500:]}")
    made = {path.relative_to(site).as_posix() for path in site.rglob("*.html")}
    if made != expected:
        wrong = sorted(made ^ expected)[:5]
        raise RuntimeError(f"{config.name}: {len(made)} pages instead of {len(expected)}; missing or too many: {wrong}")
    shutil.rmtree(site)
    return seconds, usage.ru_maxrss / 1024


def edit(file: Path, line: str) -> str:
    """Puts a new word after the first such start of a line of a file, and says which."""
    word = f"Edit{time.monotonic_ns()}"
    text = file.read_text(encoding="utf-8")
    changed = re.sub(line, rf"\g<1>{word} ", text, count=1, flags=re.MULTILINE)
    if changed == text:
        raise RuntimeError(f"{file}: no line like {line}")
    file.write_text(changed, encoding="utf-8")
    return word


def served_seconds(config: Path, file: Path, line: str, page: str, patience: int = 300) -> float:
    """The seconds from an edit until the running preview serves it: the second edit, since the first may be slower."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        at = f"127.0.0.1:{free.getsockname()[1]}"

    def wait(word: str) -> float:
        start = time.monotonic()
        while time.monotonic() - start < patience:
            with (
                contextlib.suppress(OSError),
                urllib.request.urlopen(f"http://{at}/{page}/", timeout=patience) as answer,
            ):
                if word in answer.read().decode():
                    return time.monotonic() - start
            time.sleep(0.02)
        raise RuntimeError(f"{config.name}: the preview does not show the edit of {file.name}")

    serve = [sys.executable, "-m", "mkdocs", "serve", "-f", config.name, "--dev-addr", at]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    running = subprocess.Popen(serve, cwd=config.parent, env=ENVIRONMENT | {"TMPDIR": str(config.parent)}, **quiet)
    try:
        wait("<html")
        time.sleep(2)  # the preview watches only after its first build
        wait(edit(file, line))
        return wait(edit(file, line))
    finally:
        running.terminate()
        running.wait(30)


def run(arguments: list[str], folder: Path) -> str:
    """What this interpreter prints when it runs something in a folder; RuntimeError with its last words if it fails."""
    command = [sys.executable, *arguments]
    done = subprocess.run(command, cwd=folder, env=ENVIRONMENT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(arguments)} failed: {(done.stderr or done.stdout)[-1500:]}")
    return done.stdout


def table(measured: dict[str, Any]) -> list[str]:
    """The lines of one scale's table."""
    runs = f"{measured['runs']} run{'s' if measured['runs'] != 1 else ''}"
    size = f"{measured['trials']} trials, {measured['records']} records, {measured['references']} references"
    lines = [f"scale {measured['scale']}: {size}, {measured['pages']} pages; {runs}"]
    lines.append(f"{'phase':<32}{'median s':>9}{'min':>9}{'max':>9}{'of N':>8}{'of S':>8}{'peak MB':>9}")
    for name, found in measured["seconds"].items():
        ratio, memory = measured["ratios"][name], measured["memory"].get(name)
        numbers = "".join(f"{s:>9.2f}" for s in (median(found), min(found), max(found)))
        ratios = "".join(f"{ratio[of]:>8.3f}" if of in ratio else f"{'':>8}" for of in ("N", "S"))
        lines.append(f"{PHASES[name]:<32}{numbers}{ratios}" + (f"{median(memory):>9.0f}" if memory else ""))
    return lines


if __name__ == "__main__":
    main()
