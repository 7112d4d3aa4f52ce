"""Whether a paper conforms to the standards that it claims: PDF/A-3a and PDF/UA-1."""

import page

PROFILES = {"3a": "PDF/A-3a", "ua1": "PDF/UA-1"}


def failures(pdf: bytes) -> tuple[str, ...]:
    """What does not conform, a sentence each; none where the paper is valid for both standards."""
    return tuple(
        f"{name}: {failure.message}"
        for profile, name in PROFILES.items()
        for failure in page.validate_pdf_bytes(pdf, profile=profile).failures
    )
