"""Authenticated encryption with one key, and how its parts are framed and spelt: what sealing and case keys stand on."""

from __future__ import annotations

import base64
import binascii
from typing import Literal, Protocol

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

Algorithm = Literal["AES-256-GCM", "SM4-GCM"]
AES, SM4 = "AES-256-GCM", "SM4-GCM"
NONCE_BYTES, TAG_BYTES = 12, 16
SM4_KEY_BYTES = 16


class Box(Protocol):
    """Authenticated encryption with one key."""

    def encrypt(self, nonce: bytes, data: bytes, bound_to: bytes, /) -> bytes:
        """Ciphertext followed by its 16-byte tag."""
        ...

    def decrypt(self, nonce: bytes, data: bytes, bound_to: bytes, /) -> bytes:
        """The clear text; raises InvalidTag."""
        ...


class Sm4Gcm:
    """SM4 in Galois counter mode (GB/T 32907, GB/T 36624) with the library's low-level cipher."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def encrypt(self, nonce: bytes, data: bytes, bound_to: bytes, /) -> bytes:
        """Ciphertext followed by its 16-byte tag."""
        cipher = Cipher(algorithms.SM4(self._key), modes.GCM(nonce)).encryptor()
        cipher.authenticate_additional_data(bound_to)
        return cipher.update(data) + cipher.finalize() + cipher.tag

    def decrypt(self, nonce: bytes, data: bytes, bound_to: bytes, /) -> bytes:
        """The clear text; raises InvalidTag."""
        cipher = Cipher(algorithms.SM4(self._key), modes.GCM(nonce, data[-TAG_BYTES:])).decryptor()
        cipher.authenticate_additional_data(bound_to)
        return cipher.update(data[:-TAG_BYTES]) + cipher.finalize()


def cipher_of(algorithm: str, key: bytes) -> Box:
    """The cipher of an algorithm under 32 random bytes; SM4 takes the first half."""
    return Sm4Gcm(key[:SM4_KEY_BYTES]) if algorithm == SM4 else AESGCM(key)


def derived(key: bytes, purpose: str, length: int) -> bytes:
    """A key for one purpose."""
    return HKDF(algorithm=SHA256(), length=length, salt=None, info=f"bancheng:{purpose}".encode()).derive(key)


def bound_to(case_no: str, label: str, key_id: str, algorithm: str) -> bytes:
    """What is authenticated with a box."""
    return framed(*(part.encode("utf-8", "surrogatepass") for part in (case_no, label, key_id, algorithm)))


def framed(*parts: bytes) -> bytes:
    """Each part after its length, so that no two different lists give the same bytes."""
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)


def encoded(raw: bytes) -> str:
    """base64url without padding."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def decoded(box: str) -> bytes | None:
    """None unless `box` is exactly what `encoded` writes: no second spelling of the same bytes opens."""
    try:
        raw = base64.urlsafe_b64decode(box + "=" * (-len(box) % 4))
    except (binascii.Error, ValueError):
        return None
    return raw if encoded(raw) == box else None
