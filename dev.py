"""Sets everything up, then rehearses or tests: `python3 dev.py rehearse`, `python3 dev.py test`; also `setup`, `check`.

Standard library only, so that it runs on a machine where nothing of ours is installed.
"""

from __future__ import annotations  # so that an older Python gets as far as being told

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
VENV = HERE / ".venv"
STAMP = VENV / "dev-py.stamp"
SCRIPTS = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = SCRIPTS / ("python.exe" if os.name == "nt" else "python")
SEASON = "schedules/season-x.toml"
SPEED = "600"  # a whole evening in about half a minute
SYSTEM_PARTS = [
    *("obs-studio", "obs-plugins", "xvfb", "ffmpeg", "libnginx-mod-rtmp", "libgl1-mesa-dri", "git"),
    *("chromium", "fonts-dejavu-core"),
]
AT_ONCE = ["-n", "2", "--dist", "loadgroup", "--no-loadscope-reorder"]  # the order is that of tests/conftest.py
IS_CI = os.environ.get("CI", "").lower() in ("true", "1")


def say(text: str) -> None:
    """Tell the person at the terminal; stdout belongs to the command that follows."""
    print(f"dev.py: {text}", file=sys.stderr, flush=True)


def fail(text: str) -> None:
    """Give up, with the remedy."""
    say(text)
    sys.exit(1)


def quiet(*command: object) -> bool:
    """Run a command, showing what it said only when it fails."""
    try:
        ended = subprocess.run(list(map(str, command)), cwd=HERE, stdout=-1, stderr=-2, text=True, errors="replace")
    except OSError as error:
        say(f"{command[0]}: {error.strerror}")
        return False
    if ended.returncode:
        say(f"`{' '.join(map(str, command[:4]))} ...` ended with {ended.returncode}:\n{ended.stdout[-3000:]}")
    return ended.returncode == 0


def hand_over(*command: object) -> None:
    """Become the command, so that signals and the exit code are its own; Windows can only wait for it."""
    words = list(map(str, command))
    if os.name == "posix":
        os.execv(words[0], words)  # noqa: S606 - our own tool, no shell wanted
    sys.exit(subprocess.call(words))


def root_words() -> list[str] | None:
    """What to put before a command for root's rights; None where they are not to be had without a question."""
    if not shutil.which("apt-get"):
        return None
    if os.geteuid() == 0:
        return []
    asked = shutil.which("sudo") and subprocess.run(["sudo", "-n", "true"], stdout=-3, stderr=-3).returncode == 0
    return ["sudo", "-n"] if asked else None


def install(packages: list[str]) -> bool:
    """Install Debian packages where this user may; True when they are there afterwards."""
    root = root_words()
    if root is None:
        return False
    say(f"installing {' '.join(packages)} (Debian packages) ...")
    apt = [*root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", "-y"]
    quiet(*apt, "update")  # a stale list may still do
    return quiet(*apt, "install", "--no-install-recommends", *packages)


def install_system_parts() -> None:
    """Give the tests OBS and its company; without them those tests skip, and under CI=true nothing passes."""
    if not shutil.which("dpkg"):
        say(f"not a Debian machine: tests that need {', '.join(SYSTEM_PARTS)} skip what is missing")
        return
    states = {part: subprocess.run(["dpkg", "-s", part], stdout=-1, stderr=-3).stdout for part in SYSTEM_PARTS}
    missing = [part for part, state in states.items() if b"install ok installed" not in state]
    if missing and not install(missing):
        words = f"missing: {' '.join(missing)}. As root: apt-get install --no-install-recommends {' '.join(missing)}"
        if IS_CI:
            fail(words)
        say(f"{words}\ndev.py: going on; the tests that need them are skipped")


def fingerprint() -> str:
    """Changes when .venv has to be made up to date."""
    parts = [(HERE / name).read_bytes() for name in ("requirements.lock", "pyproject.toml")]
    return hashlib.sha256(b"\0".join([*parts, sys.version.encode(), str(HERE).encode()])).hexdigest()


def works(imports: str) -> bool:
    """Whether .venv has a Python of this very version that can import these."""
    test = f"{imports}; sys.exit(sys.version_info[:3] != {tuple(sys.version_info[:3])})"
    return PYTHON.exists() and subprocess.run([PYTHON, "-c", test], stdout=-3, stderr=-3).returncode == 0


def set_up() -> None:
    """Make .venv as requirements.lock says; done before, it takes no time."""
    mark = fingerprint()
    if PYTHON.exists() and STAMP.exists() and STAMP.read_text() == mark:
        return
    STAMP.unlink(missing_ok=True)
    uv = shutil.which("uv")
    if uv and subprocess.run([uv, "--version"], stdout=-3, stderr=-3).returncode == 0:
        say("setting up .venv with uv ...")
        make: list[object] = [uv, "venv", "-q", "--clear", "--python", sys.executable, VENV]
        pip: list[object] = [uv, "pip", "install", "-q", "--python", PYTHON]
        is_there = works("import sys")
    else:
        if not importlib.util.find_spec("ensurepip") and not install(["python3-venv"]):
            fail("this Python cannot make virtual environments. On Debian or Ubuntu, as root: apt install python3-venv")
        say("setting up .venv with pip; the first time takes a minute or two ...")
        make = [sys.executable, "-m", "venv", "--clear", VENV]
        pip = [PYTHON, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-input", "--no-compile"]
        is_there = works("import sys, pip")
    if not is_there and not quiet(*make):
        fail(f"{VENV} could not be made: see above. Is the folder writable, and the disk not full?")
    if not quiet(*pip, "--require-hashes", "-r", HERE / "requirements.lock"):
        fail("the packages of requirements.lock could not be fetched: see above. Is the network there?")
    if not quiet(*pip, "--no-deps", "--no-build-isolation", "-e", HERE):
        fail("Broadcaster itself could not be installed: see above.")
    STAMP.write_text(mark)


def check() -> None:
    """The checks that need no run: style, types, and which room may know which."""
    tools = [["ruff", "check"], ["ruff", "format", "--check"], ["mypy"], ["lint-imports"]]
    failed = [" ".join(tool) for tool in tools if subprocess.call([str(SCRIPTS / tool[0]), *tool[1:]], cwd=HERE)]
    if failed:
        fail(f"not good: {', '.join(failed)}")


def rehearse(arguments: list[str]) -> None:
    """Rehearse tonight's show of the sample season, or what the arguments name instead."""
    season = [] if arguments[:1] and not arguments[0].startswith("-") else [str(HERE / SEASON)]
    speed = [] if any(word.split("=")[0] == "--speed" for word in arguments) else ["--speed", SPEED]
    hand_over(SCRIPTS / "broadcaster", "rehearse", *season, *speed, *arguments)


def main(command: str = "", *arguments: str) -> None:
    """Do what was asked for."""
    if sys.version_info < (3, 11):  # noqa: UP036 - whoever starts this may have any Python
        fail(f"Python 3.11 or newer is needed; this is {sys.version.split()[0]} ({sys.executable})")
    if command not in ("rehearse", "test", "setup", "check"):
        fail("which one? rehearse [SEASON] [OPTIONS], test [PYTEST OPTIONS], setup, check")
    if command == "test":
        install_system_parts()
    set_up()
    if command == "rehearse":
        rehearse(list(arguments))
    elif command == "setup":
        say(f"ready: {SCRIPTS / 'broadcaster'}")
    else:
        check()
    if command == "test":
        os.chdir(HERE)
        # Most tests wait, for a process or for a time: so one must be up soon, and two tests wait at once.
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        os.environ.setdefault("PYTHONPYCACHEPREFIX", str(VENV / "bytecode"))
        hand_over(PYTHON, "-m", "pytest", *AT_ONCE, *arguments)


if __name__ == "__main__":
    main(*sys.argv[1:])
