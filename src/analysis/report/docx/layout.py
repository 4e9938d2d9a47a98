"""Layout of our Word documents: page, styles, foot and fonts in the manner of 公文 (GB/T 9704—2012), made by code.

A4 with margins of 37, 28, 35 and 26 mm, so that the text is 156 by 225 mm; a title of size 2 (22 points) in the manner of
小标宋, centred; text of size 3 (16 points, 28 between lines) in that of 仿宋; heads of the same size in those of 黑体 and
楷体; page numbers of size 4 as ``— 1 —``, outside, 7 mm under the text. The standard says nothing of tables: theirs is 五号,
小五 where that would break cells, 六号 where there are nine columns. English text is of 11 points in one font.
"""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass, replace
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

# Free fonts in the manner of each of the standard's; where one is not installed Word takes the first of the others that is.
FONTS = {
    "zh": {
        "小标宋": ("Noto Serif SC SemiBold", "方正小标宋简体,方正小标宋_GBK,华文中宋,STZhongsong,宋体,SimSun"),
        "仿宋": ("FandolFang R", "仿宋_GB2312,仿宋,FangSong,华文仿宋,STFangsong"),
        "黑体": ("Noto Sans SC", "黑体,SimHei,华文黑体,STHeiti"),
        "楷体": ("FandolKai", "楷体_GB2312,楷体,KaiTi,华文楷体,STKaiti"),
        "宋体": ("FandolSong", "宋体,SimSun,华文宋体,STSong"),
    },
    "en": dict.fromkeys(("小标宋", "仿宋", "黑体", "楷体", "宋体"), ("Noto Sans SC", "Arial,Helvetica,黑体,SimHei")),
}
LANGUAGE = {"zh": "zh-CN", "en": "en-GB"}
TEXT_WIDTH_MM = 156
TABLE, GRID, KEYS = "Table", "Annex Table", "Keys"
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
        font: in the manner of which, one of those of FONTS.
        before: space before.
        after: space after.
        align: of the lines.
        bold: for English titles and heads.
        indent: first line, in characters.
        together: with the next paragraph on one page.
        outline: level of a head, for the navigation; None for text.
        boxed: framed.
    """

    size: float
    line: float | None
    font: str = "宋体"
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
    body = Look(16, 28, "仿宋", align=JUSTIFIED, indent=2) if zh else Look(11, 16, "仿宋", after=6)
    # Bold is the English way to set off a head; the standard changes the font.
    head = replace(body, align=LEFT, after=0, together=True, bold=not zh)
    small = Look(10.5, 16) if zh else Look(9.5, 14)
    return {
        "Normal": replace(body, indent=0, after=0),
        "Title": replace(
            head, size=22 if zh else 18, line=32 if zh else 24, font="小标宋", indent=0, after=10, align=CENTRE
        ),
        "Heading 1": replace(head, size=body.size if zh else 14, font="黑体", before=8, after=2, outline=0),
        "Heading 2": replace(head, font="楷体", before=4, outline=1),
        "Heading 3": replace(head, bold=True, outline=2),
        "Body Text": body,
        "Compact": replace(body, indent=0, after=0),
        "Caption": Look(10.5, 16, "黑体", before=4, after=4, align=CENTRE),
        "Figure": Look(10.5, None, before=6, align=CENTRE, together=True),
        "Table Text": small,
        "Small Table Text": Look(9, 13),
        "Smallest Table Text": Look(7.5, 11),
        "Key Figure": Look(11, 18, "黑体", align=CENTRE, bold=not zh),
        "Note": replace(small, before=3, after=5),
        "Box": replace(small, align=body.align, boxed=True, together=True),
        "Annex Label": Look(16, 28, "黑体", after=8, together=True, outline=0),
        "Annex Unit": Look(10.5, 16, after=3, align=RIGHT, together=True),
        "Footer": Look(14 if zh else 10, None),
    }


def blank(lang: str) -> Word:
    """Return an empty document with the page, the styles and the foot; pandoc takes it as its reference."""
    document = Document()
    _drop_unused(document)
    _set_defaults(document, lang)
    for name, look in looks(lang).items():
        _style(document, name, look, FONTS[lang][look.font][0])
    for borders in (_TABLE_XML, _GRID_XML, _KEYS_XML):
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
        "word/fontTable.xml": _font_table(lang),
    }
    result = io.BytesIO()
    with zipfile.ZipFile(buffer) as given, zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as made:
        for name in sorted(given.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type, entry.create_system = zipfile.ZIP_DEFLATED, 0
            made.writestr(entry, written.get(name) or given.read(name))
    return result.getvalue()


def _font_table(lang: str) -> str:
    return _FONTS_XML.format("".join(_FONT_XML.format(*one) for one in sorted(set(FONTS[lang].values()))))


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
    document.styles.element.replace(defaults, parse_xml(_DEFAULTS_XML.format(font=FONTS[lang]["仿宋"][0])))
    settings = document.settings.element
    mode = settings.find(".//w:compatSetting[@w:name='compatibilityMode']", settings.nsmap)
    mode.set(qn("w:val"), "15")  # that of Word since 2013; an older one opens in "compatibility mode"
    settings.find(qn("w:themeFontLang")).set(qn("w:eastAsia"), "zh-CN")
    document.settings.odd_and_even_pages_header_footer = True


def _style(document: Word, name: str, look: Look, font: str) -> ParagraphStyle:
    style = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH, builtin=name.partition(" ")[0] in _BUILT_IN)
    if name == "Normal":
        style.element.set(qn("w:default"), "1")
    else:
        style.base_style = document.styles["Normal"]
    style.quick_style = True
    style.font.size, style.font.bold, style.font.name = Pt(look.size), look.bold, font
    for script in ("w:eastAsia", "w:cs"):
        style.element.rPr.rFonts.set(qn(script), font)
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
_FONTS_XML = f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:fonts {nsdecls("w")}>{{}}</w:fonts>'
_FONT_XML = (
    '<w:font w:name="{}"><w:altName w:val="{}"/><w:charset w:val="86"/><w:family w:val="auto"/>'
    '<w:pitch w:val="variable"/></w:font>'
)
