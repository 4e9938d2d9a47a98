"""Layout of our Word documents: page, styles, foot and fonts in the manner of 公文 (GB/T 9704—2012), made by code.

A4 with margins of 37, 28, 35 and 26 mm, so that the text is 156 by 225 mm; a title of size 2 (22 points), centred; page
numbers of size 4 as ``— 1 —``, outside, 7 mm under the text. The standard's text of size 3 (16 points, 22 lines of 28
characters) is for letters. The memo is a reckoning with tables of nine columns that do not fit at that size and would be
twice as long, so its text is 小四 (12 points, 20 between lines), as in reports that are annexed to a letter.
"""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from xml.sax.saxutils import escape

from docx import Document
from docx.document import Document as Word
from docx.enum.section import WD_ORIENTATION
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.section import Section
from docx.shared import Mm, Pt, RGBColor
from docx.styles.style import ParagraphStyle

# The font the charts are drawn in; where it is not installed Word takes the first of the others that is.
FONT = "Noto Sans SC"
OTHER_FONTS = {"zh": "仿宋,FangSong,仿宋_GB2312,宋体,SimSun", "en": "Arial,Helvetica,仿宋,FangSong,宋体,SimSun"}
LANGUAGE = {"zh": "zh-CN", "en": "en-GB"}
TEXT_WIDTH_MM = 156
TABLE, GRID, LAYOUT, KEYS = "Table", "Annex Table", "Layout", "Keys"
LEFT, CENTRE, RIGHT, JUSTIFIED = (
    WD_ALIGN_PARAGRAPH.LEFT,
    WD_ALIGN_PARAGRAPH.CENTER,
    WD_ALIGN_PARAGRAPH.RIGHT,
    WD_ALIGN_PARAGRAPH.JUSTIFY,
)
# What python-docx's own document brings and ours has no use for.
_UNUSED_PARTS = ("thumbnail", "stylesWithEffects", "customXml")
_KEPT_STYLES = ("Default Paragraph Font", "Normal Table", "No List")


@dataclass(frozen=True)
class Look:
    """How one paragraph style looks; sizes and spaces in points.

    Attributes:
        size: of the letters.
        line: between lines, the same whichever font is found; None where a picture needs its own height.
        before: space before.
        after: space after.
        align: of the lines.
        bold: for titles and heads.
        indent: first line, in characters.
        together: with the next paragraph on one page.
        outline: level of a head, for the navigation; None for text.
        boxed: framed.
    """

    size: float
    line: float | None
    before: float = 0
    after: float = 0
    align: WD_ALIGN_PARAGRAPH = LEFT
    bold: bool = False
    indent: int = 0
    together: bool = False
    outline: int | None = None
    boxed: bool = False


def looks(lang: str) -> dict[str, Look]:
    """Return every paragraph style of a document in one language."""
    zh = lang == "zh"
    size, line = (12, 20) if zh else (11, 16)
    head = {"bold": True, "together": True}
    return {
        "Normal": Look(size, line),
        "Title": Look(22, 32, after=10, align=CENTRE, **head),
        "Heading 1": Look(size + 3, line + 5, before=10, after=4, outline=0, **head),
        "Heading 2": Look(size, line, before=6, after=2, outline=1, **head),
        "Heading 3": Look(size, line, before=4, outline=2, **head),
        "Body Text": Look(size, line, after=0 if zh else 6, align=JUSTIFIED if zh else LEFT, indent=2 if zh else 0),
        "Compact": Look(size, line, align=JUSTIFIED if zh else LEFT),
        "Caption": Look(size - 1.5, line - 3, before=4, after=4, align=CENTRE),
        "Figure": Look(size, None, before=4, after=4, align=CENTRE),
        "Table Text": Look(9, 13),
        "Key Figure": Look(11, 18, bold=True, align=CENTRE),
        "Small Table Text": Look(7.5, 11),
        "Note": Look(9, 13, before=3, after=5),
        "Box": Look(size - 1.5, line - 3, align=JUSTIFIED if zh else LEFT, boxed=True),
        "Annex Label": Look(16, 28, after=8, bold=True, together=True, outline=0),
        "Annex Unit": Look(10.5, 16, after=3, align=RIGHT, together=True),
        "Footer": Look(14 if zh else 10, None),
    }


def blank(lang: str) -> Word:
    """Return an empty document with the page, the styles and the foot; pandoc takes it as its reference."""
    document = Document()
    _drop_unused(document)
    _set_defaults(document, lang)
    for name, look in looks(lang).items():
        _style(document, name, look)
    for borders in (_TABLE_XML, _GRID_XML, _LAYOUT_XML, _KEYS_XML):
        document.styles.element.append(parse_xml(borders))
    _set_page(document)
    return document


def lay_down(section: Section) -> None:
    """Turn a section's page on its side, its margins with it: the text is then 225 by 156 mm."""
    section.orientation = WD_ORIENTATION.LANDSCAPE
    section.page_width, section.page_height = Mm(297), Mm(210)
    section.top_margin, section.right_margin, section.bottom_margin, section.left_margin = (
        Mm(28),
        Mm(37),
        Mm(26),
        Mm(35),
    )
    section.footer_distance = Mm(14)


def packed(document: Word, title: str, lang: str) -> bytes:
    """Return a document's bytes, the same for the same content: with title and language, without author or times.

    Args:
        document: finished.
        title: as plain text.
        lang: zh or en.
    """
    buffer = io.BytesIO()
    document.save(buffer)
    written = {
        "docProps/core.xml": _CORE_XML.format(title=escape(title), language=LANGUAGE[lang]),
        "docProps/app.xml": _APP_XML,
        "word/fontTable.xml": _FONTS_XML.format(font=FONT, others=OTHER_FONTS[lang]),
    }
    result = io.BytesIO()
    with zipfile.ZipFile(buffer) as given, zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as made:
        for name in sorted(given.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type, entry.create_system = zipfile.ZIP_DEFLATED, 0
            made.writestr(entry, written.get(name) or given.read(name))
    return result.getvalue()


def _drop_unused(document: Word) -> None:
    for part in (document.part.package, document.part):
        for number, relation in list(part.rels.items()):
            if any(name in relation.reltype for name in _UNUSED_PARTS):
                part.rels.pop(number)
    for style in list(document.styles):
        if style.name not in _KEPT_STYLES:
            style.delete()


def _set_defaults(document: Word, lang: str) -> None:
    defaults = document.styles.element.find(qn("w:docDefaults"))
    document.styles.element.replace(defaults, parse_xml(_DEFAULTS_XML.format(font=FONT)))
    settings = document.settings.element
    mode = settings.find(".//w:compatSetting[@w:name='compatibilityMode']", settings.nsmap)
    mode.set(qn("w:val"), "15")  # that of Word since 2013; an older one opens in "compatibility mode"
    settings.find(qn("w:themeFontLang")).set(qn("w:eastAsia"), "zh-CN")
    document.settings.odd_and_even_pages_header_footer = True


def _style(document: Word, name: str, look: Look) -> ParagraphStyle:
    style = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH, builtin=name.partition(" ")[0] in _BUILT_IN)
    if name == "Normal":
        style.element.set(qn("w:default"), "1")
    else:
        style.base_style = document.styles["Normal"]
    style.quick_style = True
    style.font.size, style.font.bold = Pt(look.size), look.bold
    if name == "Note":
        style.font.color.rgb = RGBColor(0x40, 0x40, 0x40)
    text = style.paragraph_format
    text.space_before, text.space_after, text.alignment = Pt(look.before), Pt(look.after), look.align
    text.keep_with_next = look.together
    text.line_spacing = Pt(look.line) if look.line else 1.0
    if look.line:
        text.line_spacing_rule = WD_LINE_SPACING.EXACTLY
    properties = style.element.get_or_add_pPr()
    if look.indent:
        text.first_line_indent = Pt(look.indent * look.size)
        properties.find(qn("w:ind")).set(qn("w:firstLineChars"), str(100 * look.indent))
    if look.outline is not None:
        level = OxmlElement("w:outlineLvl")
        level.set(qn("w:val"), str(look.outline))
        properties.append(level)
    if look.boxed:
        text.left_indent = text.right_indent = Pt(6)
        properties.insert_element_before(parse_xml(_BOX_XML), "w:shd", "w:spacing", "w:ind", "w:jc")
    return style


def _set_page(document: Word) -> None:
    page = document.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.top_margin, page.left_margin, page.bottom_margin, page.right_margin = Mm(37), Mm(28), Mm(35), Mm(26)
    page.footer_distance, page.header_distance = Mm(23), Mm(20)
    for foot, align in ((page.footer, RIGHT), (page.even_page_footer, LEFT)):
        foot.is_linked_to_previous = False
        line = foot.paragraphs[0]
        line.style, line.alignment = "Footer", align
        # One character in from the edge of the text.
        line.paragraph_format.right_indent = line.paragraph_format.left_indent = Pt(14)
        line.add_run("— ")
        line._p.append(parse_xml(_PAGE_XML))
        line.add_run(" —")


_BUILT_IN = ("Normal", "Title", "Heading", "Body", "Caption", "Footer")
# Letters and figures are English in either language: as Chinese, some readers break a number at the end of a line.
_DEFAULTS_XML = (
    f"<w:docDefaults {nsdecls('w')}><w:rPrDefault><w:rPr>"
    '<w:rFonts w:ascii="{font}" w:hAnsi="{font}" w:eastAsia="{font}" w:cs="{font}"/><w:sz w:val="24"/>'
    '<w:lang w:val="en-GB" w:eastAsia="zh-CN" w:bidi="ar-SA"/></w:rPr></w:rPrDefault><w:pPrDefault/></w:docDefaults>'
)
_PAGE_XML = f'<w:fldSimple {nsdecls("w")} w:instr=" PAGE "><w:r><w:t>1</w:t></w:r></w:fldSimple>'
_EDGE = '<w:{} w:val="single" w:sz="{}" w:space="{}" w:color="{}"/>'
_BOX_XML = f"<w:pBdr {nsdecls('w')}>{''.join(_EDGE.format(edge, 4, 4, '1A1A1A') for edge in ('top', 'left', 'bottom', 'right'))}</w:pBdr>"
_TABLE_STYLE = (
    f'<w:style {nsdecls("w")} w:type="table" w:customStyle="1" w:styleId="{{id}}"><w:name w:val="{{name}}"/>'
    '<w:basedOn w:val="TableNormal"/><w:qFormat/><w:tblPr><w:tblBorders>{borders}</w:tblBorders><w:tblCellMar>'
    '<w:left w:w="{margin}" w:type="dxa"/><w:right w:w="{margin}" w:type="dxa"/></w:tblCellMar></w:tblPr>{first}</w:style>'
)
# Three rules, as in a printed table; hairlines lead the eye along a row.
_TABLE_XML = _TABLE_STYLE.format(
    id="Table",
    name=TABLE,
    margin=50,
    borders=_EDGE.format("top", 8, 0, "1A1A1A")
    + _EDGE.format("bottom", 8, 0, "1A1A1A")
    + _EDGE.format("insideH", 2, 0, "BFBFBF"),
    first='<w:tblStylePr w:type="firstRow"><w:tcPr><w:tcBorders>'
    + _EDGE.format("bottom", 6, 0, "1A1A1A")
    + '</w:tcBorders><w:vAlign w:val="bottom"/></w:tcPr></w:tblStylePr>',
)
_GRID_XML = _TABLE_STYLE.format(
    id="AnnexTable",
    name=GRID,
    margin=50,
    borders="".join(
        _EDGE.format(edge, 4, 0, "1A1A1A") for edge in ("top", "left", "bottom", "right", "insideH", "insideV")
    ),
    first="",
)
_KEYS_XML = _TABLE_STYLE.format(
    id="Keys",
    name=KEYS,
    margin=50,
    borders=_EDGE.format("top", 8, 0, "1A1A1A") + _EDGE.format("bottom", 8, 0, "1A1A1A"),
    first="",
)
_LAYOUT_XML = _TABLE_STYLE.format(id="Layout", name=LAYOUT, margin=50, borders="", first="")
_CORE_XML = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?><cp:coreProperties '
    'xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>{title}</dc:title><dc:language>{language}</dc:language>'
    "</cp:coreProperties>"
)
_APP_XML = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Properties '
    'xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"/>'
)
_FONTS_XML = (
    f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:fonts {nsdecls("w")}><w:font w:name="{{font}}">'
    '<w:altName w:val="{others}"/><w:charset w:val="86"/><w:family w:val="modern"/><w:pitch w:val="variable"/></w:font></w:fonts>'
)
