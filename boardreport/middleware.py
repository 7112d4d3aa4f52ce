"""What every request passes before any view is asked: its method, its address, its characters."""

import logging
import re
from collections.abc import Callable
from http import HTTPStatus
from urllib.parse import unquote_to_bytes

from django.conf import settings
from django.db import DataError
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseNotAllowed

METHODS = ("GET", "HEAD", "POST")
CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
"""What no address and no search holds; PostgreSQL keeps no NUL."""
MOVED = (
    "This request names another place for its address than the one where Board Report is served. "
    "Ask the administrator to look at SCRIPT_NAME."
)
UNREADABLE = "The address holds a character that cannot be read. Go back and enter it again."
NOT_UTF_8 = "This form is not written in UTF-8. Load the page again and send the form once more."
TOO_LARGE = "A number in this request is larger than any record can hold. Nothing was changed."

logger = logging.getLogger(__name__)

type Respond = Callable[[HttpRequest], HttpResponse]


class Checked:
    """Middleware: pages are read and forms are sent, at their own addresses, with what can be kept.

    Any other method is answered by 405. 400 answers an address that the request moves below another
    one (SCRIPT_NAME), a control character in the address, a form in another encoding than UTF-8,
    which could hold what no database keeps, and a number that no column holds, wherever it came in.
    """

    def __init__(self, respond: Respond) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in METHODS:
            return HttpResponseNotAllowed(METHODS)
        if request.META.get("SCRIPT_NAME", "").rstrip("/") != settings.SCRIPT_NAME:
            return refusal(MOVED)
        if CONTROL.search(request.path_info.encode(errors="replace")) or CONTROL.search(
            unquote_to_bytes(request.META.get("QUERY_STRING", ""))
        ):
            return refusal(UNREADABLE)
        if request.content_params.get("charset", "utf-8").lower() not in ("utf-8", "utf8"):
            return refusal(NOT_UTF_8)
        return self.respond(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        # SQLite's driver raises the one, PostgreSQL the other, as a query is sent
        if not isinstance(exception, (OverflowError, DataError)):
            return None
        logger.warning("Refused %s %s: %s", request.method, request.path, exception)
        return refusal(TOO_LARGE)


def not_kept(respond: Respond) -> Respond:
    """Middleware: no browser and no proxy keeps what somebody who is signed in was shown.

    That is restricted or a draft, a record or a secret, and is not for whoever uses the device next.
    """

    def answer(request: HttpRequest) -> HttpResponse:
        response = respond(request)
        if request.user.is_authenticated:
            response.headers["Cache-Control"] = "private, no-store"
        return response

    return answer


def without_traceback(record: logging.LogRecord) -> bool:
    """A log's filter: what was refused is a line, for nothing is broken that a traceback would show."""
    if getattr(record, "status_code", HTTPStatus.INTERNAL_SERVER_ERROR) < (
        HTTPStatus.INTERNAL_SERVER_ERROR
    ):
        record.exc_info = record.exc_text = None
    return True


def refusal(words: str) -> HttpResponse:
    """400 with what is wrong and what to do."""
    return HttpResponseBadRequest(words, content_type="text/plain; charset=utf-8")
