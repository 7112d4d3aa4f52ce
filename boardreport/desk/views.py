"""What is due for a quarter, and beginning one."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from boardreport import outstanding as owing
from boardreport.desk import rollover
from boardreport.editions import repository
from boardreport.editions.access import NotReadable
from boardreport.web import readable
from units.domain.quarters import Quarter


@readable
def due(request: HttpRequest, quarter: Quarter) -> HttpResponse:
    """What each lead still owes for a quarter, for those who may read drafts."""
    page = owing.page(quarter, user=request.user)
    return render(request, "due.html", {"due": page, "office": repository.office()})


def begin(request: HttpRequest, quarter: Quarter) -> HttpResponse:
    """Carries the last quarter's updates forward, or begins the paper from the last one's outline.

    Whoever opens or reloads the address is led to where it is asked for.
    """
    if request.method != "POST":
        return HttpResponseRedirect(reverse("due", args=[quarter]))
    try:
        begun = rollover.begin(quarter, request.POST.get("what", ""), user=request.user)
    except NotReadable as error:
        raise Http404 from error
    except rollover.NotBegun as error:
        messages.error(request, str(error))
        return HttpResponseRedirect(reverse("due", args=[quarter]))
    messages.success(request, begun.words)
    return HttpResponseRedirect(begun.address)
