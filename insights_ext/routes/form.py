"""Reading multipart/form-data as it arrives: small fields are kept, the file goes straight through."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from multipart import MultipartError, MultipartSegment, ParserLimitReached, PushMultipartParser

from ..errors import InvalidRequest, TooLarge
from ..schemas import UploadRequest
from .parameters import UPLOAD_NAMES, upload_request

if TYPE_CHECKING:
    from .intake import Intake

MAX_OVERHEAD_BYTES = 1 << 20
_MAX_FIELD_BYTES = 1 << 16
_MAX_PARTS = 16
_BOUNDARY = re.compile(r"""boundary=("?)([^";\s]{1,70})\1(?:\s*;|\s*$)""", re.IGNORECASE)


class Form:
    """One form with one file part; fields may stand before or after it, or in the query."""

    def __init__(self, content_type: str, query: dict[str, str], intake: Intake) -> None:
        match = _BOUNDARY.search(content_type)
        if match is None:
            raise InvalidRequest("The form has no boundary.", hint="Let the HTTP library set Content-Type.")
        self._parser = PushMultipartParser(
            match[2], max_segment_count=_MAX_PARTS, max_header_size=4096, strict=True
        )
        self._given = dict(query)
        self._intake = intake
        self._field: str | None = None
        self._value = bytearray()
        self._has_file = False

    async def feed(self, chunk: bytes, size_bytes: int | None) -> None:
        """Read a piece of the body; `size_bytes` is what the file part has at least, if known."""
        try:
            for event in self._parser.parse(chunk):
                if isinstance(event, MultipartSegment):
                    await self._begin(event, size_bytes)
                elif event is None:
                    self._end()
                elif self._field is None:
                    await self._intake.write(bytes(event))
                else:
                    self._value += event
                    if len(self._value) > _MAX_FIELD_BYTES:
                        raise TooLarge(f"The form field `{self._field}` is too long.")
        except MultipartError as error:
            raise _refused(error) from None

    def finish(self) -> UploadRequest:
        """What the whole form asks for; raises `InvalidRequest` if it is cut off or has no file."""
        try:
            self._parser.close()
        except MultipartError as error:
            raise _refused(error) from None
        if not self._has_file:
            raise InvalidRequest("The form has no file.", hint="Send it as the part `file`.")
        return upload_request(self._given)

    async def _begin(self, segment: MultipartSegment, size_bytes: int | None) -> None:
        if segment.filename is None and segment.name != "file":
            if segment.name not in UPLOAD_NAMES:
                raise InvalidRequest(
                    f"The form field `{segment.name[:60]}` is not known.",
                    hint=f"Known are: file, {', '.join(UPLOAD_NAMES)}.",
                )
            self._field, self._value = segment.name, bytearray()
            return
        if self._has_file:
            raise InvalidRequest("The form has more than one file.", hint="Upload them one by one.")
        self._field, self._has_file = None, True
        if segment.filename:
            self._given.setdefault("filename", segment.filename)
        await self._intake.open(upload_request(self._given), size_bytes)

    def _end(self) -> None:
        if self._field is None:
            return
        try:
            self._given[self._field] = self._value.decode()
        except UnicodeDecodeError:
            raise InvalidRequest(f"The form field `{self._field}` is not valid UTF-8.") from None


def _refused(error: MultipartError) -> InvalidRequest | TooLarge:
    if isinstance(error, ParserLimitReached):
        return TooLarge("The form has too many parts, or too long headers.")
    return InvalidRequest("The form could not be read: it is cut off or malformed.")
