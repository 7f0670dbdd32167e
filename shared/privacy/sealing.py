"""Sealing personal data under a key of the installation, and blind indexes to find it again (GB/T 39786-2021)."""

from __future__ import annotations

import base64
import binascii
import hmac
import re
import secrets
from collections.abc import Mapping
from typing import Literal, Protocol

from cryptography.exceptions import InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from shared.contracts.sealed import Sealed

Algorithm = Literal["AES-256-GCM", "SM4-GCM"]
KEY_BYTES = 32
_NONCE_BYTES, _TAG_BYTES = 12, 16
_KEY_ID = re.compile(r"[A-Za-z0-9_-]{1,32}")
_FEWEST_DISTINCT_BYTES = 8
_SHAPE = "密钥须写成 编号:base64密钥，编号只用字母、数字、- 和 _，最多 32 个字符。"


class Unsealable(Exception):
    """A sealed text cannot be opened: it was changed, belongs to another case, or its key is not here."""


class BadKeys(ValueError):
    """The keys of the environment cannot be used; the message is Chinese, says why, and never holds a key."""


class _Box(Protocol):
    """Authenticated encryption with one key."""

    def encrypt(self, nonce: bytes, data: bytes, bound_to: bytes, /) -> bytes:
        """Ciphertext followed by its 16-byte tag."""
        ...

    def decrypt(self, nonce: bytes, data: bytes, bound_to: bytes, /) -> bytes:
        """The clear text; raises InvalidTag."""
        ...


class _Sm4Gcm:
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
        cipher = Cipher(algorithms.SM4(self._key), modes.GCM(nonce, data[-_TAG_BYTES:])).decryptor()
        cipher.authenticate_additional_data(bound_to)
        return cipher.update(data[:-_TAG_BYTES]) + cipher.finalize()


class Sealer:
    """Seals with the active key and opens with any key it holds, so that a key can be replaced at any time."""

    def __init__(self, keys: Mapping[str, bytes], active: str, algorithm: Algorithm = "AES-256-GCM") -> None:
        check_keys(keys)
        if active not in keys:
            raise BadKeys(f"启用的密钥 {active} 不在密钥表里。")
        if algorithm not in ("AES-256-GCM", "SM4-GCM"):
            raise BadKeys(f"不认识的加密算法 {algorithm}；可选 AES-256-GCM 或 SM4-GCM。")
        if algorithm == "SM4-GCM" and not sm4_available():
            raise BadKeys("这台机器的加密库不提供 SM4-GCM，请改用 AES-256-GCM 或更换加密库。")
        self.active = active
        self.algorithm: Algorithm = algorithm
        self._boxes: dict[tuple[str, str], _Box] = {}
        for key_id, key in keys.items():
            self._boxes[key_id, "AES-256-GCM"] = AESGCM(_derived(key, "seal:AES-256-GCM", 32))
            self._boxes[key_id, "SM4-GCM"] = _Sm4Gcm(_derived(key, "seal:SM4-GCM", 16))
        self._index_keys = {key_id: _derived(key, "blind", 32) for key_id, key in keys.items()}

    @classmethod
    def from_environment(cls, value: str, algorithm: Algorithm = "AES-256-GCM", *, name: str = "BANCHENG_SEAL_KEYS") -> Sealer:
        """Reads `kid:base64key[,kid2:base64key]` of the variable `name`, the first one active; raises BadKeys."""
        keys: dict[str, bytes] = {}
        for part in filter(None, (piece.strip() for piece in value.split(","))):
            key_id, colon, encoded = part.partition(":")
            if not colon or not _KEY_ID.fullmatch(key_id):
                raise BadKeys(_SHAPE)
            if key_id in keys:
                raise BadKeys(f"密钥编号 {key_id} 出现了两次。")
            keys[key_id] = decoded_key(encoded)
        if not keys:
            raise BadKeys(f"没有配置密封密钥：请用 new_keys 生成一个，写入 {name}。")
        return cls(keys, next(iter(keys)), algorithm)

    def __repr__(self) -> str:
        return f"Sealer(active={self.active!r}, algorithm={self.algorithm!r})"

    def seal(self, text: str, *, case_no: str, label: str, masked: str) -> Sealed:
        """`text` in a box that opens for `case_no` only; `masked` is stored beside it in clear."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        bound_to = _bound_to(case_no, label, self.active, self.algorithm)
        box = self._boxes[self.active, self.algorithm].encrypt(nonce, text.encode("utf-8", "surrogatepass"), bound_to)
        return Sealed(key_id=self.active, algorithm=self.algorithm, label=label, box=_encoded(nonce + box), masked=masked)

    def open(self, sealed: Sealed, *, case_no: str) -> str:
        """The clear text; raises Unsealable when anything but `masked` differs from what was sealed."""
        cipher = self._boxes.get((sealed.key_id, sealed.algorithm))
        if cipher is None:
            raise Unsealable(f"没有密钥 {sealed.key_id}（{sealed.algorithm}），无法打开密封内容。")
        raw = _decoded(sealed.box)
        if raw is None or len(raw) < _NONCE_BYTES + _TAG_BYTES:
            raise Unsealable("密封内容已损坏。")
        try:
            bound_to = _bound_to(case_no, sealed.label, sealed.key_id, sealed.algorithm)
            clear = cipher.decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], bound_to)
            return clear.decode("utf-8", "surrogatepass")
        except (InvalidTag, UnsupportedAlgorithm, UnicodeDecodeError) as fault:
            raise Unsealable("密封内容被改动过，或不属于这个工单。") from fault

    def reseal(self, sealed: Sealed, *, case_no: str) -> Sealed:
        """The same text under the active key, unchanged when it already is; raises Unsealable."""
        if (sealed.key_id, sealed.algorithm) == (self.active, self.algorithm):
            return sealed
        return self.seal(self.open(sealed, case_no=case_no), case_no=case_no, label=sealed.label, masked=sealed.masked)

    def blind(self, text: str, purpose: str) -> str:
        """A keyed index (64 hex digits) of `text` under the active key: equal texts, equal indexes."""
        return self._blind(self.active, text, purpose)

    def blinds(self, text: str, purpose: str) -> list[str]:
        """The index under every key, the active one first: look-ups use all of them while keys rotate."""
        others = [key_id for key_id in self._index_keys if key_id != self.active]
        return [self._blind(key_id, text, purpose) for key_id in (self.active, *others)]

    def matches(self, text: str, purpose: str, index: str) -> bool:
        """Whether `index` is `text`'s under any key; takes the same time for every wrong one."""
        same = [hmac.compare_digest(own.encode(), index.encode("utf-8", "surrogatepass")) for own in self.blinds(text, purpose)]
        return any(same)

    def _blind(self, key_id: str, text: str, purpose: str) -> str:
        framed = _framed(purpose.encode(), text.encode("utf-8", "surrogatepass"))
        return hmac.digest(self._index_keys[key_id], framed, "sha256").hex()


def new_keys() -> str:
    """A fresh value for BANCHENG_SEAL_KEYS; put it before the old one, after a comma, to rotate."""
    return f"k{secrets.token_hex(4)}:{base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()}"


def sm4_available() -> bool:
    """Whether the cryptographic library offers SM4-GCM."""
    try:
        _Sm4Gcm(bytes(16)).encrypt(bytes(_NONCE_BYTES), b"", b"")
    except UnsupportedAlgorithm:
        return False
    return True


def decoded_key(encoded: str) -> bytes:
    """The bytes of one base64 key of the environment; raises BadKeys."""
    try:
        return base64.b64decode(encoded.strip().replace("-", "+").replace("_", "/"), validate=True)
    except (binascii.Error, ValueError):
        raise BadKeys("密钥不是 base64 文本。") from None


def check_keys(keys: Mapping[str, bytes]) -> None:
    """Refuses a short, plain or doubled key, and an id that is no short name; raises BadKeys."""
    for key_id, key in keys.items():
        if not _KEY_ID.fullmatch(key_id):
            raise BadKeys(_SHAPE)
        if len(key) < KEY_BYTES:
            raise BadKeys(f"密钥 {key_id} 只有 {len(key)} 字节，至少要 {KEY_BYTES} 字节。")
        if len(set(key)) < _FEWEST_DISTINCT_BYTES:
            raise BadKeys(f"密钥 {key_id} 不是随机数，请重新生成。")
    if len(set(keys.values())) < len(keys):
        raise BadKeys("两个编号用了同一个密钥。")


def _derived(key: bytes, purpose: str, length: int) -> bytes:
    return HKDF(algorithm=SHA256(), length=length, salt=None, info=f"bancheng:{purpose}".encode()).derive(key)


def _bound_to(case_no: str, label: str, key_id: str, algorithm: str) -> bytes:
    return _framed(*(part.encode("utf-8", "surrogatepass") for part in (case_no, label, key_id, algorithm)))


def _framed(*parts: bytes) -> bytes:
    """Each part after its length, so that no two different lists give the same bytes."""
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _decoded(box: str) -> bytes | None:
    """None unless `box` is exactly what `_encoded` writes: no second spelling of the same bytes opens."""
    try:
        raw = base64.urlsafe_b64decode(box + "=" * (-len(box) % 4))
    except (binascii.Error, ValueError):
        return None
    return raw if _encoded(raw) == box else None
