"""What every request passes before any view is asked: its method, its address, its characters."""

import re
from collections.abc import Callable
from urllib.parse import unquote_to_bytes

from django.conf import settings
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

type Respond = Callable[[HttpRequest], HttpResponse]


def plain(respond: Respond) -> Respond:
    """Middleware: pages are read and forms are sent, at their own addresses, in readable characters.

    Any other method is answered by 405. 400 answers an address that the request moves below another
    one (SCRIPT_NAME), a control character in the address, and a form in another encoding than UTF-8,
    which could hold what no database keeps.
    """

    def answer(request: HttpRequest) -> HttpResponse:
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
        return respond(request)

    return answer


def refusal(words: str) -> HttpResponse:
    """400 with what is wrong and what to do."""
    return HttpResponseBadRequest(words, content_type="text/plain; charset=utf-8")
