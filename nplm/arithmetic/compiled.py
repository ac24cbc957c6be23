"""Compiled: Numba's compiled functions, kept from run to run where that is possible.

Numba's own cache ends the program where no folder can be written and where a file of
it is damaged, and it runs machine code with a flipped bit. Here compiled code has a
checksum, and without code that is whole a function is compiled again: two seconds.
"""

import pickle
from collections.abc import Callable
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any

from numba import njit
from numba.core.caching import CompileResultCacheImpl, FunctionCache
from numba.core.serialize import dumps

SOURCES = sha256(
    b"".join(
        Path(__file__).with_name(f"{name}.py").read_bytes()
        for name in ("compiled", "intrinsics")
    )
).digest()
"""Of the files that compiled code comes from; Numba looks at a function's own only."""


class Checked(CompileResultCacheImpl):
    """Turns compiled code into what a file holds, with a checksum, and back."""

    def reduce(self, cres: Any) -> tuple[bytes, bytes]:
        """Return a checksum and compiled code."""
        content = dumps(super().reduce(cres))
        return sha256(content).digest(), content

    def rebuild(self, target_context: Any, payload: tuple[bytes, bytes]) -> Any:
        """Return compiled code that can be called, or raise ValueError."""
        checksum, content = payload
        if sha256(content).digest() != checksum:
            raise ValueError("damaged")
        return super().rebuild(target_context, pickle.loads(content))


class Cache(FunctionCache):
    """Compiled code of earlier runs, as far as it can be read and written."""

    _impl_class = Checked

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """Return the code for a signature, or None where there is none."""
        try:
            return super().load_overload(sig, target_context)
        except Exception:  # whatever the parts of Numba raise on a damaged file
            with suppress(OSError):
                self.flush()
            return None

    def save_overload(self, sig: Any, data: Any) -> None:
        """Write the code for a signature, where there is room."""
        with suppress(OSError):
            super().save_overload(sig, data)

    def _index_key(self, sig: Any, codegen: Any) -> tuple[Any, ...]:
        return (*super()._index_key(sig, codegen), SOURCES)


def compiled(signature: Any = None) -> Callable[[Callable[..., Any]], Any]:
    """Return what compiles a function, or takes it from the cache.

    With a signature it does so at once, for that alone; else at a call, for what it
    gets. Other threads of Python run on beside it. Division by zero gives infinity or
    NaN, as in C, and not an exception.
    """

    def compile_it(function: Callable[..., Any]) -> Any:
        dispatcher = njit(error_model="numpy", nogil=True)(function)
        with suppress(RuntimeError):  # there is no folder that can be written
            dispatcher._cache = Cache(function)
        if signature:
            dispatcher.compile(signature)
            dispatcher.disable_compile()
        return dispatcher

    return compile_it
