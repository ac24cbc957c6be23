"""The settings that make bits the same: in time, and what they give."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.matrix import hashes_with
from tests.nplm.training.test_fused import PROCESSORS

WIDE = "avx512f" in Path("/proc/cpuinfo").read_text()


def printed(code: str, **environment: str) -> str:
    """Return what code prints in a Python that no settings were made for."""
    settings = ("ATEN_CPU_CAPABILITY", "GOMP_SPINCOUNT")
    inherited = {k: v for k, v in os.environ.items() if k not in settings}
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=inherited | {"PYTHONPATH": str(ROOT)} | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.stdout.strip().splitlines()[-1]


STAGE = """
import stages
from nplm.arithmetic.processor import deterministic
deterministic()
import torch
print(torch.backends.cpu.get_cpu_capability(),
      torch.are_deterministic_algorithms_enabled())
"""


def test_a_stage_has_the_settings_before_torch_is_imported() -> None:
    """As any file of the package `stages` has."""
    assert printed(STAGE) == "AVX2 True"


def test_another_setting_is_refused() -> None:
    """One that somebody has for other programs."""
    line = printed(STAGE, ATEN_CPU_CAPABILITY="default")
    assert "ATEN_CPU_CAPABILITY: PyTorch takes DEFAULT" in line


@pytest.mark.skipif(not WIDE, reason="PyTorch takes AVX2 here anyway")
def test_settings_that_come_too_late_are_refused() -> None:
    """They would change nothing, and the last digits would be this processor's."""
    assert "before torch is imported" in printed(f"import torch\n{STAGE}")


def test_the_library_changes_nothing_in_the_program_that_imports_it() -> None:
    """Such as somebody's notebook."""
    code = "import nplm, os; nplm.load; print(os.environ.get('ATEN_CPU_CAPABILITY'))"
    assert printed(code) == "None"


@pytest.mark.slow
def test_networks_have_the_same_bits_on_other_processors_and_threads() -> None:
    """Those in the table of docs/reproducibility.md, at the networks' own sizes."""
    page = (ROOT / "docs" / "reproducibility.md").read_text("utf-8")
    (row,) = re.findall(r"^\| 1 thread \| (\w{12} .*) \|$", page, re.MULTILINE)
    shown = row.split(" | ")
    assert len(shown) == len(set(shown)) == 5
    assert hashes_with({"OMP_NUM_THREADS": "3", **PROCESSORS["AVX2"]}) == shown
