"""Installing, by pip where uv is not to be had. CI's own set-up takes uv."""

import os
import subprocess
import venv
import zipfile
from pathlib import Path

import pytest

from tests.conftest import ROOT

INFO = {
    "METADATA": "Metadata-Version: 2.1\nName: tiny\nVersion: 1.0\n",
    "WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    "RECORD": "tiny.py,,\n",
}


@pytest.mark.slow
def test_packages_come_from_where_pips_configuration_says(tmp_path: Path) -> None:
    """Here from a folder alone, which has no uv; one that is nowhere is an error."""
    with zipfile.ZipFile(tmp_path / "tiny-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr("tiny.py", "")
        for name, text in INFO.items():
            wheel.writestr(f"tiny-1.0.dist-info/{name}", text)
    configuration = tmp_path / "pip.conf"
    configuration.write_text(f"[global]\nno-index = true\nfind-links = {tmp_path}\n")
    venv.create(tmp_path / "venv", with_pip=True)
    python = tmp_path / "venv" / "bin" / "python"
    others = {key: text for key, text in os.environ.items() if key[:4] != "PIP_"}
    for package, imported, status in (("tiny==1.0", "tiny", 0), ("tiny==2.0", "no", 1)):
        done = subprocess.run(
            [python, "-m", "experiments.install", package],
            cwd=ROOT,
            env=others | {"PIP_CONFIG_FILE": str(configuration)},
            check=False,
        )
        assert done.returncode == status
        done = subprocess.run([python, "-c", f"import {imported}"], check=False)
        assert done.returncode == status
