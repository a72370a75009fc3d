"""Which 32 bytes are a public key of Ed25519 that only one private key can sign for.

OpenSSL reads any 32 bytes as a key. With a point of small order (RFC 8032, section 5.1; order 1,
2, 4 or 8) everyone can make signatures that verify, so such a "key" proves nothing.
"""

_P = 2**255 - 19
_D = -121665 * pow(121666, -1, _P) % _P
_SQRT_MINUS_ONE = pow(2, (_P - 1) // 4, _P)
_SIGN = 1 << 255

_Point = tuple[int, int, int]


def is_safe_point(encoded: bytes) -> bool:
    """Whether `encoded` is the one canonical encoding of a point of large order on the curve."""
    point = _decompress(encoded)
    if point is None:
        return False
    for _ in range(3):
        point = _double(point)
    x, y, z = point
    return not (x == 0 and y == z)


def _decompress(encoded: bytes) -> _Point | None:
    """RFC 8032, section 5.1.3, with the checks on canonical form that OpenSSL leaves out."""
    if len(encoded) != 32:
        return None
    number = int.from_bytes(encoded, "little")
    y = number & (_SIGN - 1)
    if y >= _P:
        return None
    numerator, denominator = (y * y - 1) % _P, (_D * y * y + 1) % _P
    square = numerator * pow(denominator, -1, _P) % _P
    x = pow(square, (_P + 3) // 8, _P)
    if (x * x - square) % _P:
        x = x * _SQRT_MINUS_ONE % _P
    if (x * x - square) % _P:
        return None
    negative = bool(number & _SIGN)
    if x == 0 and negative:
        return None
    return (_P - x if bool(x & 1) != negative else x), y, 1


def _double(point: _Point) -> _Point:
    """Twice a point (Bernstein et al., "Twisted Edwards Curves", 2008, section 6)."""
    x, y, z = point
    sum_squared, xx, yy = (x + y) ** 2 % _P, x * x % _P, y * y % _P
    f = yy - xx
    j = (f - 2 * z * z) % _P
    return (
        (sum_squared - xx - yy) * j % _P,
        f * (-xx - yy) % _P,
        f * j % _P,
    )
