"""Personal data in free text: found however it is written, and taken out before others read it.

Redaction happens when a text is saved (`text_public`), never only in a template, and is done again when the
patterns change. What patterns cannot see (a story that identifies someone, a face, a screenshot) stays the
task of the person who reviews a text before it becomes public.
"""

from portal.core.privacy.finding import Finding, find_personal
from portal.core.privacy.normal import Normal, normalise
from portal.core.privacy.patterns import Kind
from portal.core.privacy.redaction import redact

__all__ = ["Finding", "Kind", "Normal", "find_personal", "normalise", "redact"]
