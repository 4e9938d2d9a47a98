import os
import subprocess
from xml.sax.saxutils import escape

import pytest

from analysis.report.style import font_path

FONTS = (
    '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig><dir>/usr/share/fonts</dir>'
    "<dir>{fonts}</dir><cachedir>{cache}</cachedir>"
    # A document's fonts may not be installed: what the charts are drawn in then stands for all.
    '<match target="pattern"><edit name="family" mode="append" binding="strong"><string>Noto Sans SC</string></edit></match>'
    "</fontconfig>"
)


@pytest.fixture(scope="session")
def printed(debian, tmp_path_factory):
    """Return a function that has LibreOffice print a document: pages as text, in order."""
    soffice, reader = debian("soffice", "libreoffice"), debian("pdftotext", "poppler-utils")
    folder = tmp_path_factory.mktemp("office")
    fonts = folder / "fonts.conf"
    fonts.write_text(FONTS.format(fonts=escape(str(font_path().parent)), cache=folder / "cache"), "utf-8")

    def pages(content, name):
        (folder / name).write_bytes(content)
        command = [
            soffice, "--headless", f"-env:UserInstallation={(folder / 'user').as_uri()}",
            "--convert-to", "pdf", "--outdir", folder, folder / name,
        ]  # fmt: skip
        environment = {**os.environ, "FONTCONFIG_FILE": str(fonts)}
        subprocess.run(command, check=True, capture_output=True, env=environment, timeout=120)
        made = (folder / name).with_suffix(".pdf")
        text = subprocess.run([reader, "-layout", made, "-"], check=True, capture_output=True, text=True).stdout
        return text.removesuffix("\f").split("\f")

    return pages
