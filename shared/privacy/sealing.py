"""Sealing personal data under a key of the installation, and blind indexes to find it again (GB/T 39786-2021)."""

from __future__ import annotations

import base64
import binascii
import hmac
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag, UnsupportedAlgorithm

from shared.contracts.sealed import DESTROYED, Sealed
from shared.privacy.boxes import AES, NONCE_BYTES, TAG_BYTES, Algorithm, Box, Sm4Gcm, cipher_of, decoded, derived, encoded, framed
from shared.privacy.boxes import bound_to as framing

KEY_BYTES = 32
_KEY_LABEL, _OWN_KEY = "case-key", "case"  # what a wrapped key is bound to, and a box under it
_KEY_ID = re.compile(r"[A-Za-z0-9_-]{1,32}")
_FEWEST_DISTINCT_BYTES = 8
_CHANGED = "密封内容被改动过，或不属于这个工单。"
_SHAPE = "密钥须写成 编号:base64密钥，编号只用字母、数字、- 和 _，最多 32 个字符。"


class Unsealable(Exception):
    """A sealed text cannot be opened: it was changed, belongs to another case, or its key is not here."""


class Forgotten(Unsealable):
    """The case's own key was destroyed at the end of its term: nobody can open it any more, which is as it should be."""


class BadKeys(ValueError):
    """The keys of the environment cannot be used; the message is Chinese, says why, and never holds a key."""


@dataclass(frozen=True)
class SealedBytes:
    """A sealed piece of a file: nonce and ciphertext in `box`."""

    key_id: str
    algorithm: str
    box: bytes = field(repr=False)


@dataclass(frozen=True)
class CaseKey:
    """The key of one case while something is sealed under it; `wrapped` is how it travels with each box."""

    wrapped: str
    cipher: Box = field(repr=False)


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
        self._boxes: dict[tuple[str, str], Box] = {}
        for key_id, key in keys.items():
            self._boxes[key_id, "AES-256-GCM"] = cipher_of(AES, derived(key, "seal:AES-256-GCM", 32))
            self._boxes[key_id, "SM4-GCM"] = Sm4Gcm(derived(key, "seal:SM4-GCM", 16))
        self._index_keys = {key_id: derived(key, "blind", 32) for key_id, key in keys.items()}

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

    def new_case_key(self, case_no: str) -> CaseKey:
        """A random key for one case alone; it travels wrapped by the active key of the installation (docs/decisions/0045)."""
        return self._wrapped(secrets.token_bytes(KEY_BYTES), case_no)

    def case_key(self, sealed: Sealed, *, case_no: str) -> CaseKey | None:
        """The key a box of the case travels with, to seal more under it; None where it has none, raises Unsealable."""
        return self._wrapped(self._unwrapped(sealed, case_no), case_no) if sealed.wrapped_key else None

    def seal(self, text: str, *, case_no: str, label: str, masked: str, under: CaseKey | None = None) -> Sealed:
        """`text` in a box that opens for `case_no` only, under the case's own key where given; `masked` stands beside it in clear."""
        nonce, key_id = secrets.token_bytes(NONCE_BYTES), _OWN_KEY if under else self.active
        cipher = under.cipher if under else self._boxes[self.active, self.algorithm]
        bound = framing(case_no, label, key_id, self.algorithm)
        box = encoded(nonce + cipher.encrypt(nonce, text.encode("utf-8", "surrogatepass"), bound))
        wrapped = under.wrapped if under else None
        return Sealed(key_id=self.active, algorithm=self.algorithm, label=label, box=box, masked=masked, wrapped_key=wrapped)

    def open(self, sealed: Sealed, *, case_no: str) -> str:
        """The clear text; raises Unsealable when anything but `masked` differs from what was sealed, Forgotten once its key is destroyed."""
        if sealed.wrapped_key == DESTROYED:
            raise Forgotten("密钥已按保存期限销毁，内容不能再打开。")
        if sealed.wrapped_key is None:
            raw, key_id, cipher = decoded(sealed.box), sealed.key_id, self._cipher(sealed)
        else:
            raw, key_id, cipher = decoded(sealed.box), _OWN_KEY, cipher_of(sealed.algorithm, self._unwrapped(sealed, case_no))
        clear = _opened(cipher, raw, framing(case_no, sealed.label, key_id, sealed.algorithm))
        try:
            return clear.decode("utf-8", "surrogatepass")
        except UnicodeDecodeError as fault:
            raise Unsealable(_CHANGED) from fault

    def _cipher(self, sealed: Sealed) -> Box:
        cipher = self._boxes.get((sealed.key_id, sealed.algorithm))
        if cipher is None:
            raise Unsealable(f"没有密钥 {sealed.key_id}（{sealed.algorithm}），无法打开密封内容。")
        return cipher

    def _wrapped(self, key: bytes, case_no: str) -> CaseKey:
        nonce = secrets.token_bytes(NONCE_BYTES)
        bound = framing(case_no, _KEY_LABEL, self.active, self.algorithm)
        box = self._boxes[self.active, self.algorithm].encrypt(nonce, key, bound)
        return CaseKey(encoded(nonce + box), cipher_of(self.algorithm, key))

    def _unwrapped(self, sealed: Sealed, case_no: str) -> bytes:
        bound = framing(case_no, _KEY_LABEL, sealed.key_id, sealed.algorithm)
        return _opened(self._cipher(sealed), decoded(sealed.wrapped_key or ""), bound)

    def seal_bytes(self, raw: bytes, *, bound_to: str, label: str) -> SealedBytes:
        """Bytes of a file in a box that opens for `bound_to` and `label` only."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        bound = framing(bound_to, label, self.active, self.algorithm)
        return SealedBytes(self.active, self.algorithm, nonce + self._boxes[self.active, self.algorithm].encrypt(nonce, raw, bound))

    def open_bytes(self, sealed: SealedBytes, *, bound_to: str, label: str) -> bytes:
        """The bytes again; raises Unsealable for what was changed, belongs elsewhere, or has no key here."""
        cipher = self._boxes.get((sealed.key_id, sealed.algorithm))
        if cipher is None or len(sealed.box) < NONCE_BYTES + TAG_BYTES:
            raise Unsealable(f"没有密钥 {sealed.key_id}（{sealed.algorithm}），或密封内容已损坏。")
        try:
            bound = framing(bound_to, label, sealed.key_id, sealed.algorithm)
            return cipher.decrypt(sealed.box[:NONCE_BYTES], sealed.box[NONCE_BYTES:], bound)
        except (InvalidTag, UnsupportedAlgorithm) as fault:
            raise Unsealable("密封内容被改动过，或不属于这里。") from fault

    def reseal(self, sealed: Sealed, *, case_no: str) -> Sealed:
        """The same text under the active key, unchanged when it already is; of a case's own key only the wrapping is new. Raises Unsealable."""
        if (sealed.key_id, sealed.algorithm) == (self.active, self.algorithm):
            return sealed
        if sealed.wrapped_key and sealed.algorithm == self.algorithm:
            wrapped = self._wrapped(self._unwrapped(sealed, case_no), case_no).wrapped
            return sealed.model_copy(update={"key_id": self.active, "wrapped_key": wrapped})
        under = self.new_case_key(case_no) if sealed.wrapped_key else None
        return self.seal(self.open(sealed, case_no=case_no), case_no=case_no, label=sealed.label, masked=sealed.masked, under=under)

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
        whole = framed(purpose.encode(), text.encode("utf-8", "surrogatepass"))
        return hmac.digest(self._index_keys[key_id], whole, "sha256").hex()


def new_keys() -> str:
    """A fresh value for BANCHENG_SEAL_KEYS; put it before the old one, after a comma, to rotate."""
    return f"k{secrets.token_hex(4)}:{base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()}"


def sm4_available() -> bool:
    """Whether the cryptographic library offers SM4-GCM."""
    try:
        Sm4Gcm(bytes(16)).encrypt(bytes(NONCE_BYTES), b"", b"")
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


def _opened(cipher: Box, raw: bytes | None, bound: bytes) -> bytes:
    """What a box holds; raises Unsealable."""
    if raw is None or len(raw) < NONCE_BYTES + TAG_BYTES:
        raise Unsealable("密封内容已损坏。")
    try:
        return cipher.decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], bound)
    except (InvalidTag, UnsupportedAlgorithm) as fault:
        raise Unsealable(_CHANGED) from fault
