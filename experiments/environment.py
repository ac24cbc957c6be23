"""Environment: what must be the same on two machines for the same results.

As a program it prints the name of the environment here.
"""

import hashlib
import json
import platform
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

REQUIREMENTS = Path("requirements.txt")


def environment() -> dict[str, str]:
    """Return the versions of Python and of the locked packages, and the processor.

    Of the processor, what results depend on. A package counts without the part of its
    version that says how it was built, such as +cpu.
    """
    import torch  # noqa: PLC0415 takes a second, and a worker calls this once

    capability = torch.backends.cpu.get_cpu_capability()
    # Wider vectors than those of AVX2 are not used.
    vectors = "AVX2" if capability.startswith("AVX") else capability
    bfloat16 = torch.ops.mkldnn._is_mkldnn_bf16_supported()
    facts = {
        "Python": f"{sys.version_info.major}.{sys.version_info.minor}",
        "processor": f"{platform.machine()} {vectors}{' bfloat16' * bfloat16}",
    }
    for line in REQUIREMENTS.read_text("utf-8").splitlines():
        package = line.partition("==")[0].strip()
        if package and not package.startswith("#"):
            try:
                facts[package] = version(package).partition("+")[0]
            except PackageNotFoundError:  # of another system
                facts[package] = "none"
    return facts


def tag(facts: dict[str, str]) -> str:
    """Return a name for an environment: the same for the same facts alone."""
    content = json.dumps(facts, sort_keys=True).encode()
    return f"nplm-{hashlib.sha256(content).hexdigest()[:16]}"


def difference(ours: dict[str, str], theirs: dict[str, str]) -> str:
    """Return what is not the same, in a few words.

    >>> difference({"Python": "3.11", "numpy": "2.4"}, {"Python": "3.12"})
    'Python 3.12 (here 3.11), numpy none (here 2.4)'
    """
    pairs = {k: (theirs.get(k, "none"), ours.get(k, "none")) for k in ours | theirs}
    return ", ".join(
        f"{key} {there} (here {here})"
        for key, (there, here) in pairs.items()
        if there != here
    )


if __name__ == "__main__":
    print(tag(environment()))
