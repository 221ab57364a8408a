"""Is the part of the system there that a test drives?"""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

NGINX_RTMP = [Path(folder) / "ngx_rtmp_module.so" for folder in ("/usr/lib/nginx/modules", "/usr/lib64/nginx/modules")]

PARTS: dict[str, tuple[Callable[[], object], str]] = {
    "obs": (lambda: shutil.which("obs"), "obs-studio"),
    "xvfb": (lambda: shutil.which("Xvfb"), "xvfb"),
    "ffmpeg": (lambda: shutil.which("ffmpeg"), "ffmpeg"),
    "chromium": (lambda: shutil.which("chromium"), "chromium fonts-dejavu-core"),
    "git": (lambda: shutil.which("git"), "git"),
    "nginx-rtmp": (
        lambda: (
            shutil.which("nginx", path=f"{os.environ.get('PATH', '')}{os.pathsep}/usr/sbin")
            and any(module.exists() for module in NGINX_RTMP)
        ),
        "libnginx-mod-rtmp",
    ),
}
"""Name -> (is it there?, Debian's package)."""


def need(*names: str) -> None:
    """Go on where all of the parts are there; otherwise skip the test, or fail it under CI=true."""
    missing = [name for name in names if not PARTS[name][0]()]
    if not missing:
        return
    packages = " ".join(PARTS[name][1] for name in missing)
    reason = f"{', '.join(missing)} missing on this machine: apt install {packages}"
    if os.environ.get("CI", "").lower() in ("true", "1"):
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)
