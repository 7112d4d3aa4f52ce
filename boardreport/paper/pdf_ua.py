"""What PDF/UA-1 asks for and WeasyPrint does not write."""

import io
import zlib
from collections.abc import Iterable, Iterator, Mapping

import pikepdf

POINTS_PER_PIXEL = 0.75


UA_IDENTIFICATION = b"""\
<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">
<pdfuaid:part>1</pdfuaid:part>
</rdf:Description>
<rdf:Description rdf:about=""
 xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"
 xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA identification</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name>
<pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>The part of ISO 14289 to which the file conforms</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas>
</rdf:Description>
"""
"""The PDF/UA-1 identifier, and the extension schema without which PDF/A-3a refuses it."""

UNPLAIN_END = b"\r\nendstream"
"""What no stream may end with: PDF/A would count the carriage return to the line end after it."""

PACKED_AT_MOST = 20


def made_accessible(data: bytes, *, destinations: Mapping[str, str]) -> bytes:
    """What PDF/UA-1 asks for and WeasyPrint does not write."""
    with pikepdf.open(io.BytesIO(data)) as document:
        _identify(document)
        elements = tuple(_structure(document))
        _scope_headers(elements)
        _place_figures(elements)
        _name_links(document, destinations)
        return saved(document)


def saved(document: pikepdf.Pdf) -> bytes:
    """The document's bytes, in which no stream ends with a carriage return: one in 256 does by chance.

    A page, picture or font that does gets one byte more, which means nothing there. The streams into
    which qpdf packs objects and their places come out otherwise where the catalogue does.
    """
    for stream in document.objects:
        if isinstance(stream, pikepdf.Stream) and _ends_unplainly(stream):
            stream.write(stream.read_bytes() + b"\n")
            if "/Length1" in stream:
                stream.Length1 += 1
    for packed in range(PACKED_AT_MOST):
        document.Root.Packed = pikepdf.Array([packed])
        finished = io.BytesIO()
        document.save(finished, deterministic_id=True, fix_metadata_version=False)
        data = finished.getvalue()
        if UNPLAIN_END not in data:
            break
    return data


def _ends_unplainly(stream: pikepdf.Stream) -> bool:
    """Whether a stream ends with a carriage return, or will when qpdf has compressed it.

    The last byte of what is compressed is the checksum's, whatever the compression.
    """
    raw = stream.read_raw_bytes()
    compressed_later = "/Filter" not in stream and zlib.adler32(raw) & 0xFF == ord("\r")
    return raw.endswith(b"\r") or compressed_later


def _identify(document: pikepdf.Pdf) -> None:
    metadata = document.Root.Metadata
    metadata.write(
        metadata.read_bytes().replace(b"</rdf:RDF>", UA_IDENTIFICATION + b"</rdf:RDF>", 1)
    )


def _structure(document: pikepdf.Pdf) -> Iterator[pikepdf.Object]:
    for value in document.objects:
        if isinstance(value, pikepdf.Dictionary) and value.get("/Type") == "/StructElem":
            yield value


def _scope_headers(elements: Iterable[pikepdf.Object]) -> None:
    """Each header cell says what it heads.

    WeasyPrint ties cells to headers by identifiers, but repeats these where a table runs over a
    page; a scope says the same of a regular table, and the identifiers go.
    """
    for element in elements:
        if element.S == "/TH":
            column = element.P.P.S == "/THead"
            element.A.Scope = pikepdf.Name.Column if column else pikepdf.Name.Row
            if "/ID" in element:
                del element["/ID"]
        elif element.S == "/TD" and "/Headers" in element.A:
            del element.A["/Headers"]


def _place_figures(elements: Iterable[pikepdf.Object]) -> None:
    """A figure's box in points from the foot of the page, not in pixels from its head."""
    for element in elements:
        if element.S == "/Figure":
            height = element.Pg.MediaBox[3]
            left, top, right, bottom = (
                float(side) * POINTS_PER_PIXEL for side in element.A.BBox.as_list()
            )
            element.A.BBox = pikepdf.Array(
                [
                    round(side, 2)
                    for side in (left, float(height) - bottom, right, float(height) - top)
                ]
            )


def _name_links(document: pikepdf.Pdf, destinations: Mapping[str, str]) -> None:
    """A link tells in words where it leads."""
    for page in document.pages:
        for annotation in page.get("/Annots", []):
            if "/Dest" in annotation:
                place = str(annotation.Dest)
                annotation.Contents = f"Go to {destinations.get(place, place)}"
            else:
                address = str(annotation.A.URI)
                code = address.rstrip("/").rpartition("/trace/")[2] if "/trace/" in address else ""
                annotation.Contents = (
                    f"Open the records, trace {code}" if code else f"Open {address}"
                )
