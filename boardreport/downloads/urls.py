"""The addresses of files: papers, tables, workbooks, lists of records, an edition as JSON."""

from django.urls import path

from boardreport.converters import of_place
from boardreport.downloads import paper_views, views

urlpatterns = [
    *of_place("board-paper.pdf", paper_views.pdf, "board-paper-pdf"),
    *of_place("board-paper.docx", paper_views.document, "board-paper-word"),
    path("<quarter:quarter>/draft/<uuid:key>/", paper_views.draft_page, name="draft-paper"),
    path("<quarter:quarter>/draft/<uuid:key>/file/", paper_views.draft_file, name="draft-file"),
    path("compare/<str:key>.<format:file>", views.compared, name="compare-file"),
    path("compare.<workbook:file>", views.comparison, name="compare-workbook"),
    path("trend.<format:file>", views.trend, name="trend-file"),
    *of_place("tables/<str:key>.<format:file>", views.table, "table-file"),
    *of_place("tables.<workbook:file>", views.workbook, "workbook"),
    *of_place("edition.json", views.edition_json, "edition-json"),
    path("schema/edition.json", views.edition_schema, name="edition-schema"),
    *of_place("<slug:unit>/<slug:key>.<format:file>", views.records, "records-file"),
]
