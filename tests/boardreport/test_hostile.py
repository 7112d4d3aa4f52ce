"""Values that nobody would choose, in addresses and forms: no 500, and no wider answer."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.core.exceptions import SuspiciousOperation
from django.test import Client, RequestFactory
from django.urls import reverse

from boardreport.accounts.admin_site import UnknownFilter
from units.rocu.models import Disruption

pytestmark = pytest.mark.django_db

HUGE, ENDLESS = "9" * 20, "9" * 400
VALUES = (HUGE, "[]", "2018-13-45", "²")
MODELS = [pytest.param(model, id=model._meta.label) for model in admin.site._registry]
KEYS = (HUGE, ENDLESS, "[]", "_00", "%ff")


@pytest.fixture
def superuser() -> User:
    return User.objects.create_superuser("root")


@pytest.fixture
def insider(superuser: User) -> Client:
    """Somebody to whom no page of the admin is closed."""
    client = Client()
    client.force_login(superuser)
    return client


def lookups_of(page: Any) -> Iterator[str]:
    """Every parameter by which a list of the admin can be narrowed."""
    for one in page.list_filter or ():
        if isinstance(one, str):
            yield from (one, f"{one}__exact", f"{one}__in")
        else:
            yield one.parameter_name
    if day := page.date_hierarchy:
        yield from (f"{day}__year", f"{day}__month", f"{day}__day", f"{day}__gte", day)
    yield from ("pk", "id__exact", "id__in", "pk__in", "id__gt", "p")


@pytest.mark.parametrize("model", MODELS)
def test_a_filter_of_the_admin_that_cannot_be_read_shows_nothing(model, superuser) -> None:
    page = admin.site.get_model_admin(model)
    if not model._default_manager.exists():
        return
    for lookup in lookups_of(page):
        for value in VALUES:
            request = RequestFactory().get("/", {lookup: value})
            request.user = superuser
            try:
                found = page.get_changelist_instance(request)
            except (UnknownFilter, SuspiciousOperation):
                continue
            shown = len(found.result_list)
            # what is no number of a page is the first page, as without it
            assert not shown or lookup == "p", (lookup, value)


def test_a_filter_that_cannot_be_read_is_answered_in_words(insider) -> None:
    page = reverse("admin:rocu_disruption_changelist")

    for query in (f"date_of_impact__year={HUGE}", f"crime_type__id__exact={HUGE}x", "p=999999"):
        answer = insider.get(f"{page}?{query}")
        assert answer.status_code == 404
        assert "no such filter, page or record" in answer.content.decode()
        assert f'href="{page}"' in answer.content.decode()


@pytest.mark.parametrize("model", MODELS)
def test_a_key_that_no_record_has_is_answered_by_no_record(model, insider) -> None:
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
    kinds = ["change", "history", "delete"]
    for kind in kinds:
        for key in KEYS:
            answer = insider.get(reverse(f"{name}_{kind}", args=[key]))
            assert answer.status_code in (302, 404), (kind, key)


@pytest.mark.parametrize("model", MODELS)
def test_no_form_of_the_admin_is_broken_by_a_value(model, insider) -> None:
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
    form = admin.site.get_model_admin(model)
    fields = [*(field.name for field in model._meta.get_fields()), "_version", "_seen"]
    for value in (HUGE, "[]"):
        data = dict.fromkeys(fields, value)
        sent = {
            **data,
            **{
                f"{prefix}-{end}": 1
                for prefix in (f"{one.model._meta.model_name}_set" for one in form.inlines)
                for end in ("TOTAL_FORMS", "INITIAL_FORMS")
            },
        }
        number = model._default_manager.count()
        answer = insider.post(reverse(f"{name}_add"), sent)
        assert answer.status_code in (200, 400, 404), value
        assert model._default_manager.count() == number
        chosen = insider.post(
            reverse(f"{name}_changelist"),
            {"action": "mark", "_selected_action": value, "index": value},
        )
        assert chosen.status_code in (200, 302, 400, 404), value
        asked = insider.get(reverse(f"{name}_add"), data)
        assert asked.status_code in (200, 400, 404), value


WITH_PARTS = [
    pytest.param(model, id=model._meta.label)
    for model, page in admin.site._registry.items()
    if page.inlines and model is not User
]


@pytest.mark.parametrize("model", WITH_PARTS)
def test_no_change_of_a_record_is_broken_by_the_keys_of_its_parts(
    model, superuser, insider
) -> None:
    page, record = admin.site.get_model_admin(model), model._default_manager.first()
    request = RequestFactory().get("/")
    request.user = superuser
    prefixes = [
        formset.get_default_prefix()
        for formset, _ in page.get_formsets_with_inlines(request, record)
    ]
    address = reverse(
        f"admin:{model._meta.app_label}_{model._meta.model_name}_change", args=[record.pk]
    )
    for value in (HUGE, "[]"):
        data: dict[str, object] = {"_version": "-".join(["0"] * (len(prefixes) + 1))}
        for prefix in prefixes:
            data |= {f"{prefix}-TOTAL_FORMS": 1, f"{prefix}-INITIAL_FORMS": 1}
            data |= {f"{prefix}-0-{field.name}": value for field in model._meta.get_fields()}
            data[f"{prefix}-0-id"] = value

        for sent in (data, data | {"_version": ""}):
            assert insider.post(address, sent).status_code in (200, 400, 404, 409), value


@pytest.mark.parametrize("field", ["crime_type", "forces", "ocg", "partners"])
def test_no_change_of_a_disruption_is_broken_by_the_key_of_another_record(field, insider) -> None:
    claim = Disruption.objects.first()
    page = reverse("admin:rocu_disruption_change", args=[claim.pk])

    for version in ("", HUGE, "1-1", f"{HUGE}-{HUGE}", "0-0"):
        answer = insider.post(
            page,
            {
                field: HUGE,
                "_version": version,
                "outcomes-TOTAL_FORMS": 1,
                "outcomes-INITIAL_FORMS": 1,
                "outcomes-0-id": HUGE,
                "decisions-TOTAL_FORMS": 0,
                "decisions-INITIAL_FORMS": 0,
            },
        )
        assert answer.status_code in (200, 400, 409), version


@pytest.mark.parametrize(
    ("app", "model", "field"),
    [("rocu", "disruption", "ocg"), ("rocu", "agendaitem", "disruption"), (HUGE, "[]", "x")],
)
def test_no_choice_of_another_record_is_broken_by_a_value(app, model, field, insider) -> None:
    names = {"app_label": app, "model_name": model, "field_name": field}
    for value in VALUES:
        for sent in ({"term": value}, {"page": value}, {"field_name": value}):
            answer = insider.get("/admin/autocomplete/", names | sent)
            assert answer.status_code in (200, 403, 404), sent


PARAMETERS = (
    (
        "/2018-19/q2/rocu/disruptions/",
        ("q", "state", "crime_type", "impact", "lead", "force", "period", "sort", "page", "x"),
    ),
    ("/2018-19/q2/rocu/disruptions.csv", ("q", "state", "period", "sort")),
    ("/2018-19/q2/rocu/ocgs/", ("period", "crime_type", "x")),
    ("/compare/", ("quarter", "with", "unit", "rows", "x")),
    ("/compare.xlsx", ("quarter", "with")),
    ("/trend/", ("of", "x")),
    ("/trend.csv", ("of",)),
    ("/trend/wide.svg", ("of", "scheme")),
    ("/search/", ("q", "page", "unit", "x")),
    ("/trace/", ("code",)),
    ("/2018-19/q2/changes/", ("from", "to", "x")),
    ("/2018-19/q3/checklist/", ("paper", "withheld", "x")),
    ("/admin/rocu/disruption/hints/", ("ocg", "day", "operation_name", "besides")),
    ("/admin/rocu/disruption/import/00000000-0000-4000-8000-000000000000/", ("rows", "page")),
    ("/admin/rocu/ocg/1/history/", ("p",)),
)  # fmt: skip


@pytest.mark.parametrize(("address", "names"), PARAMETERS, ids=[one for one, _ in PARAMETERS])
def test_no_page_is_broken_by_a_parameter(address, names) -> None:
    insider = Client()
    insider.force_login(User.objects.get(username="officer"))
    for name in names:
        for value in VALUES:
            assert insider.get(address, {name: value}).status_code < 500, (name, value)


@pytest.mark.parametrize(
    "address",
    ["/{}/", "/2018-19/q2/{}/", "/2018-19/q2/tables/{}.csv", "/trace/{}/", "/panel/{}/",
     "/panel/2019-01-08/{}/", "/2018-19/q2/public-{}/", "/2018-19/q2/public-1/charts/{}/wide.svg",
     "/compare/{}.csv", "/trend/{}.svg", "/2018-19/q3/draft/charts/{}-light.svg", "/{}-19/q2/",
     "/admin/r/{0}/{0}/", "/admin/{}/", "/admin/boardreport/paragraph/{}/move/up/",
     "/accounts/2fa/webauthn/keys/{}/edit/", "/accounts/oidc/{}/login/", "/panel/9999-12-{}/",
     "/panel/0000-00-00/{}"],
)  # fmt: skip
def test_no_address_is_broken_by_a_part(address) -> None:
    for who in ("officer", "chair"):
        insider = Client()
        insider.force_login(User.objects.get(username=who))
        for part in (*KEYS, "31", "9999", "0"):
            # the chair sends what officers only look at
            method = insider.post if who == "chair" else insider.get
            assert method(address.format(part)).status_code < 500, part


@pytest.mark.parametrize(
    "address", ["/search/?q=a%00b", "/admin/rocu/ocg/?q=%00", "/trace/a%00/", "/?x=%1b"]
)
def test_a_control_character_in_an_address_is_refused(address, insider) -> None:
    answer = insider.get(address)

    assert answer.status_code == 400
    assert "cannot be read" in answer.content.decode()


@pytest.mark.parametrize("charset", ["utf-7", "unicode_escape", "utf-16", "latin-1", "rot13"])
def test_a_form_in_another_encoding_is_refused(charset, insider) -> None:
    body = b"--b\r\nContent-Disposition: form-data; name=a\r\n\r\n\\ud800\r\n--b--\r\n"

    answer = insider.generic(
        "POST", "/admin/rocu/ocg/add/", body, f"multipart/form-data; boundary=b; charset={charset}"
    )

    assert answer.status_code == 400


@pytest.mark.parametrize("value", [HUGE, "[]", "-1", "x", ""])
@pytest.mark.parametrize(
    ("page", "names"),
    [
        ("interests", ("member", "disruption", "nature", "remove")),
        ("put-back", ("disruption", "reference", "why", "remove")),
        (
            "attendance",
            ("form-TOTAL_FORMS", "form-INITIAL_FORMS", "form-0-id", "form-0-presence", "remove"),
        ),
        ("close", ("x",)),
        ("D-2018-0600", ("kind", "impact", "reason", "duplicate_of", "step", "version")),
    ],
)
def test_no_form_of_a_panel_is_broken_by_a_value(page, names, value) -> None:
    insider = Client()
    insider.force_login(User.objects.get(username="chair"))
    address = f"/panel/2019-01-08/{page}/"

    for name in names:
        assert insider.post(address, {name: value}).status_code < 500, name
    assert insider.post(address, dict.fromkeys(names, value)).status_code < 500


@pytest.mark.parametrize(
    "query",
    [
        {"marking__regex": "(([A-Za-z_-]+)+)+!"},
        {"marking__iregex": "["},
        {"marking__icontains": "O"},
        {"q": "word " * 2_000},
    ],
)
@pytest.mark.parametrize("model", ["disruption", "ocg", "panel"])
def test_a_list_answers_no_comparison_or_search_that_its_links_do_not_make(model, query) -> None:
    officer = Client()
    officer.force_login(User.objects.get(username="officer"))

    answer = officer.get(f"/admin/rocu/{model}/", query)

    assert answer.status_code == 404
    assert b"so nothing is shown" in answer.content or b"at most 20 words" in answer.content
