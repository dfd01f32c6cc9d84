"""Papers as answers to a browser."""

from io import BytesIO

from flask import Response, send_file

PDF = "application/pdf"


def pdf(content: bytes, file_name: str) -> Response:
    """A PDF that the browser shows, and keeps under its name; nobody in between keeps it."""
    answer = send_file(BytesIO(content), PDF, download_name=file_name)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
