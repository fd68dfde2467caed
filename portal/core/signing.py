"""Secrets: signed tokens of one purpose each, keyed hashes for look-ups, and encryption at rest."""

import base64
import hashlib
import hmac
import json
import os
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from itsdangerous import BadData, BadSignature, Signer, URLSafeTimedSerializer
from itsdangerous.encoding import base64_decode, base64_encode

from portal.core.clock import now


class BadToken(Exception):
    """The token is not ours, is for another purpose, or was changed."""


class ExpiredToken(BadToken):
    """The token was ours and is too old."""


class Secrets:
    """The portal's keys. The first key signs and encrypts; all of them verify and decrypt, so keys can rotate.

    keys: at least one, newest first, each at least 16 characters.
    """

    def __init__(self, keys: tuple[str, ...]) -> None:
        if not keys or min(map(len, keys)) < 16:
            raise ValueError("a secret key needs at least 16 characters")
        self._keys = keys
        self._derived: dict[tuple[str, bytes], bytes] = {}
        self._serializer = lru_cache(maxsize=256)(self._make_serializer)
        self._unsign = lru_cache(maxsize=1000)(self._check)
        self._ciphers = {self._key_id(key): AESGCM(self._derive(key, b"at rest")) for key in keys}

    def _derive(self, key: str, purpose: bytes) -> bytes:
        found = self._derived.get((key, purpose))
        if found is None:
            found = HKDF(algorithm=SHA256(), length=32, salt=b"minsheng", info=purpose).derive(key.encode())
            if len(self._derived) < 256:  # purposes are few; those that name a survey come and go
                self._derived[key, purpose] = found
        return found

    @staticmethod
    def _key_id(key: str) -> str:
        return hashlib.sha256(b"key id" + key.encode()).hexdigest()[:8]

    def _make_serializer(self, purpose: str) -> URLSafeTimedSerializer:
        # itsdangerous signs with the last key of a list.
        return URLSafeTimedSerializer(list(reversed(self._keys)), salt=f"minsheng.{purpose}")

    def sign(self, purpose: str, value: Any) -> str:
        """A URL-safe token that only `read` with the same purpose accepts."""
        return str(self._serializer(purpose).dumps(value))

    def read(self, purpose: str, token: str, max_age_s: int) -> Any:
        """What was signed; raise ExpiredToken or BadToken."""
        try:
            payload, signed_at = self._unsign(purpose, token)
        except BadSignature as error:
            raise BadToken(purpose) from error
        if not 0 <= int(now().timestamp()) - signed_at <= max_age_s:
            raise ExpiredToken(purpose)
        return self._serializer(purpose).load_payload(payload)

    def _check(self, purpose: str, token: str) -> tuple[bytes, int]:
        """What a token carries and the second it was signed in; kept for good ones: cookies come with every request."""
        signer: Any = self._serializer(purpose).make_signer()
        payload, signed_at = signer.unsign(token, return_timestamp=True)
        return payload, int(signed_at.timestamp())

    def find(self, purpose: str, token: str, max_age_s: int) -> Any | None:
        """What was signed; None for a token that is not ours, was changed or is too old."""
        try:
            return self.read(purpose, token, max_age_s)
        except BadToken:
            return None

    def _sealer(self, purpose: str) -> Signer:
        return Signer(list(reversed(self._keys)), salt=f"minsheng.{purpose}", digest_method=hashlib.sha256)

    def seal(self, purpose: str, value: Any) -> str:
        """A token without a date: the same value and key give the same token. Only `unseal` accepts it."""
        plain = json.dumps(value, ensure_ascii=True, separators=(",", ":"))
        return self._sealer(purpose).sign(base64_encode(plain)).decode()

    def unseal(self, purpose: str, token: str) -> Any:
        """What was sealed, under any of the keys; raise BadToken, also when a single sign was changed.

        Base64 lets several last signs stand for the same bytes, so the signature must be written as we write it.
        """
        signature = token.rpartition(".")[2]
        try:
            value = json.loads(base64_decode(self._sealer(purpose).unsign(token)))
            is_ours = base64_encode(base64_decode(signature)).decode() == signature
        except BadData as error:
            raise BadToken(purpose) from error
        if not is_ours:
            raise BadToken(purpose)
        return value

    def hash(self, purpose: str, value: str) -> str:
        """A keyed hash (hex, 64 signs) by the oldest key, so that look-ups survive adding a new one in front."""
        return hmac.new(self._derive(self._keys[-1], purpose.encode()), value.encode(), hashlib.sha256).hexdigest()

    def encrypt(self, text: str) -> str:
        """Encrypt for the database: key id, nonce and AES-GCM text in one ASCII string."""
        nonce = os.urandom(12)
        key_id = self._key_id(self._keys[0])
        sealed = nonce + self._ciphers[key_id].encrypt(nonce, text.encode(), key_id.encode())
        return f"{key_id}.{base64.urlsafe_b64encode(sealed).decode()}"

    def decrypt(self, sealed: str) -> str:
        """The text again; raise BadToken when the key is gone or the text was changed."""
        key_id, _, body = sealed.partition(".")
        cipher = self._ciphers.get(key_id)
        if cipher is None:
            raise BadToken("encrypted with a key that is no longer set")
        raw = base64.urlsafe_b64decode(body)
        try:
            return cipher.decrypt(raw[:12], raw[12:], key_id.encode()).decode()
        except InvalidTag as error:
            raise BadToken("changed at rest") from error


CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def random_code(length: int = 10) -> str:
    """A code people can read out: Crockford base32, 5 bits a sign, ten signs = 50 bits."""
    return "".join(CROCKFORD[byte & 31] for byte in os.urandom(length))


def plain_code(typed: str) -> str:
    """What somebody meant when typing a code: case, O/0, I/L/1, blanks and dashes forgiven."""
    kept = "".join(sign for sign in typed.upper() if sign.isalnum())
    return kept.translate(str.maketrans("OIL", "011"))
