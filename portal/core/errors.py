"""What the portal will not do, said as exceptions; the app makes a page of each."""


class Refusal(Exception):
    """A request that is answered with a reason instead of a result.

    message: one sentence for the reader, in Chinese, wrapped in gettext by the caller.
    advice: what to do next, shown under it.
    """

    status = 400

    def __init__(self, message: str = "", advice: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.advice = advice


class NotFound(Refusal):
    """There is no such thing, or it is not for this reader's eyes."""

    status = 404


class Gone(Refusal):
    """It was here and was taken back on purpose."""

    status = 410


class Forbidden(Refusal):
    """The reader is known and may not do this."""

    status = 403


class SignInNeeded(Refusal):
    """The page is for staff and nobody is signed in."""

    status = 401


class Conflict(Refusal):
    """It cannot be done in the state the thing is in."""

    status = 409


class BadInput(Refusal):
    """What was sent cannot be read: a damaged cursor, a missing field of a machine's request.

    field: whose value it is about, where a form was filled in; empty for its first one.
    """

    status = 422

    def __init__(self, message: str = "", advice: str = "", field: str = "") -> None:
        super().__init__(message, advice)
        self.field = field


class TooMany(Refusal):
    """The sender has reached a limit; retry_after_s says when to come back."""

    status = 429

    def __init__(self, message: str = "", advice: str = "", retry_after_s: int = 60) -> None:
        super().__init__(message, advice)
        self.retry_after_s = retry_after_s


class Unavailable(Refusal):
    """The portal cannot keep what was sent just now; nothing was saved."""

    status = 503
