"""Intrinsics: instructions that Numba does not write by itself."""

from typing import Any

from llvmlite import ir
from llvmlite.binding import get_host_cpu_features
from numba import config, types
from numba.core import cgutils
from numba.extending import intrinsic


def _has_avx512() -> bool:
    """Return whether Numba compiles for AVX-512."""
    if config.CPU_FEATURES is None:
        return bool(get_host_cpu_features().get("avx512f"))
    return "+avx512f" in config.CPU_FEATURES


LANES = 16
"""Columns of a tile; arrays are filled up to a multiple of them."""
SMALL = 6
"""Rows of a small tile, for the rows that are left over."""
ROWS = 2 * SMALL if _has_avx512() else SMALL
"""Rows of a tile.

Its sums stay in 12 registers: of the 32 of AVX-512, or of the 16 of AVX2.
"""
TO_INTEGER = 1.5 * 2**23
"""Added to a small float32, rounds it to an integer."""


@intrinsic
def fma(_context: Any, a: Any, b: Any, c: Any) -> Any:
    """Return a * b + c, rounded once; a library call where there is no instruction."""

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.fma(*arguments)

    return types.float32(types.float32, types.float32, types.float32), generate


@intrinsic
def two_to_the(_context: Any, shifted: Any) -> Any:
    """Return 2**n for an integer n, given as n + TO_INTEGER: its low bits are n."""

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        i32 = ir.IntType(32)
        exponent = builder.add(builder.bitcast(arguments[0], i32), i32(127))
        return builder.bitcast(builder.shl(exponent, i32(23)), ir.FloatType())

    return types.float32(types.float32), generate


def tile(row_count: int) -> Any:
    """Return a function that adds a @ b to a tile of out: so many rows, LANES columns.

    It takes out, a, b, row and column, where the tile begins. Each sum stays in a
    register from its first product to its last. Rows beyond the last one of out repeat
    it and are not stored. b and out have contiguous rows.
    """

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        i8, i32, i64 = ir.IntType(8), ir.IntType(32), ir.IntType(64)
        scalar, lanes = ir.FloatType(), ir.VectorType(ir.FloatType(), LANES)
        fma_type = ir.FunctionType(lanes, [lanes] * 3)
        name = f"llvm.fma.v{LANES}f32"
        fma = cgutils.get_or_insert_function(builder.module, fma_type, name)

        def array(position: int) -> Any:
            make = context.make_array(signature.args[position])
            value = make(context, builder, arguments[position])
            start = builder.bitcast(value.data, i8.as_pointer())
            unpack = cgutils.unpack_tuple
            return start, unpack(builder, value.shape), unpack(builder, value.strides)

        def at(start: Any, offset: Any, kind: Any) -> Any:
            return builder.bitcast(builder.gep(start, [offset]), kind.as_pointer())

        def splat(number: Any) -> Any:
            undefined = ir.Constant(lanes, ir.Undefined)
            first = builder.insert_element(undefined, number, i32(0))
            zeros = ir.Constant(ir.VectorType(i32, LANES), None)
            return builder.shuffle_vector(first, undefined, zeros)

        _, _, _, row, column = arguments
        out, (out_rows, _), (out_stride, _) = array(0)
        a, _, (a_stride, a_step) = array(1)
        b, (depth, _), (b_stride, _) = array(2)
        along = builder.mul(column, i64(4))
        rows = []
        for i in range(row_count):
            ours = builder.add(row, i64(i))
            inside = builder.icmp_signed("<", ours, out_rows)
            ours = builder.select(inside, ours, builder.sub(out_rows, i64(1)))
            a_row = builder.gep(a, [builder.mul(ours, a_stride)])
            place = at(out, builder.add(builder.mul(ours, out_stride), along), lanes)
            total = cgutils.alloca_once(builder, lanes)
            builder.store(builder.load(place, align=4), total)
            rows.append((inside, a_row, place, total))
        with cgutils.for_range(builder, depth, intp=i64) as loop:
            offset = builder.add(builder.mul(loop.index, b_stride), along)
            b_lanes = builder.load(at(b, offset, lanes), align=4)
            for _, a_row, _, total in rows:
                number = builder.load(
                    at(a_row, builder.mul(loop.index, a_step), scalar)
                )
                term = builder.call(fma, [splat(number), b_lanes, builder.load(total)])
                builder.store(term, total)
        for inside, _, place, total in rows:
            with builder.if_then(inside):
                builder.store(builder.load(total), place, align=4)
        return context.get_dummy_value()

    @intrinsic
    def add_tile(
        _context: Any, out: Any, a: Any, b: Any, _row: Any, _column: Any
    ) -> Any:
        return types.void(out, a, b, types.intp, types.intp), generate

    return add_tile


add_tile = tile(ROWS)
add_small_tile = tile(SMALL)
