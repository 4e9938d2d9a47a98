"""The sentences change with what the numbers say; each number carries its key."""

import re

import pytest

import analysis
from analysis.report import sentences, words
from analysis.report.charts.swings import one_at_a_time
from analysis.report.sentences.box import box_rows
from analysis.report.sentences.movers import who_moves_and_when, who_must_move
from runs import run_of


@pytest.fixture(scope="module")
def runs():
    return {(name, lang): run_of(name, lang) for name in ("baseline", "freeze", "rural80") for lang in ("zh", "en")}


def texts(run):
    return dict(sentences.four_sentences(run.facts, run.wording, run.apart_since))


def test_the_gap_says_whether_it_narrows(runs):
    assert "绝对差额扩大7元" in texts(runs["baseline", "zh"])["差距"]
    assert "绝对差额不变" in texts(runs["freeze", "zh"])["差距"]
    assert "绝对差额缩小37元" in texts(runs["rural80", "zh"])["差距"]
    assert "so the gap widens by 7 yuan" in texts(runs["baseline", "en"])["Gap"]
    assert "does not narrow" in texts(runs["freeze", "en"])["Gap"]
    assert "narrows by 37 yuan" in texts(runs["rural80", "en"])["Gap"]


def test_the_gap_names_the_year_and_both_kinds_of_standard(runs):
    gap = texts(runs["baseline", "zh"])["差距"]
    assert "自2018年起仅在四类地区" in gap
    assert "河源农村701元、城镇915元" in gap
    assert "云浮农村672元、城镇895元" in gap


def test_a_freeze_costs_nothing_and_says_so(runs):
    assert "无新增支出" in texts(runs["freeze", "zh"])["新增支出与资金负担"]
    assert "nothing more is spent" in texts(runs["freeze", "en"])["Cost, and who pays"]
    assert "无补发" in texts(runs["freeze", "zh"])["覆盖与及时"]


def test_who_must_move_is_computed(runs):
    assert "惠州（城镇+33、农村+33元）" in who_must_move(runs["baseline", "zh"].facts, runs["baseline", "zh"].wording)
    assert "**标准须提高：**无" in who_must_move(runs["freeze", "zh"].facts, runs["freeze", "zh"].wording)
    baseline = who_must_move(runs["baseline", "en"].facts, runs["baseline", "en"].wording)
    assert (
        "Published supplement floor must rise:** Foshan (urban +27 yuan), Huizhou (urban +25, rural +19 yuan) and Heyuan (urban +12, rural +12 yuan) "
        "(no cost of its own" in baseline
    )
    lifted = who_must_move(runs["rural80", "en"].facts, runs["rural80", "en"].wording)
    assert "Heyuan (rural +31 yuan)" in lifted


@pytest.mark.parametrize("key", ["baseline", "freeze", "rural80"])
def test_every_number_of_the_sentences_carries_its_key(runs, key):
    run = runs[key, "zh"]
    facts = run.facts_of(key, marked=True)
    for _, text in sentences.four_sentences(facts, run.wording, run.apart_since):
        left = re.sub(r"\[[^]]*\]\{[^}]*\}", "", text)
        assert not re.search(r"\d", left), left


def test_the_box_adds_up(runs):
    facts = runs["baseline", "en"].facts
    where = {"year": 2025, "area_code": "440000", "programme": ""}
    shares = [facts.value(f"cost_share_{name}", **where) for name in ("published", "computed", "assumed")]
    parts = [
        facts.value(f"cost_share_assumed_{name}", **where)
        for name in ("where_standards_are_known", "where_standards_are_not_known", "by_following")
    ]
    assert sum(shares) == pytest.approx(1)
    assert sum(parts) == pytest.approx(1, abs=2e-6)


def test_the_parts_of_the_box_add_to_a_hundred_as_printed(runs):
    for lang in ("zh", "en"):
        _, _, (_, text, _) = box_rows(runs["baseline", lang].facts, runs["baseline", lang].wording)
        assert re.findall(r"(\d+)%", text) == ["5", "70", "25"]


def test_the_short_sentence_says_who_must_move_and_by_when(runs):
    run = runs["baseline", "en"]
    said = who_moves_and_when(run.facts, run.wording)
    assert (
        "Huizhou (urban +33, rural +33 yuan) must raise it; Guangzhou, Shenzhen, Zhuhai, Foshan, Heyuan and Yunfu need not"
        in said
    )
    assert "The standards of the other 14 are not known: they are to be asked" in said
    assert "from January 2025" in said
    assert "by the end of June" in said


def test_one_base_for_every_range(runs):
    """The best estimate lies within what each assumption alone makes of it: the others stand at theirs."""
    facts = runs["baseline", "en"].facts
    best = facts.value("extra_cost", year=2025, area_code="440000", programme="")
    rows, ends = one_at_a_time(facts)
    assert len(rows) == 2 * len(ends) > 10
    assert all(min(low, high) <= best <= max(low, high) for low, high, _ in ends.values())
    assert not ends["unobserved_above_minimum"][2]


def test_no_word_is_missing_and_none_is_idle(home):
    files = [path for path in (home / "src").rglob("*.py") if path != home / "src/analysis/report/words.py"]
    source = "\n".join(path.read_text("utf-8") for path in files)
    named = set(re.findall(r"""word\(\s*f?["']([a-z_0-9]+)["']\s*\)""", source))
    made = {"head_low", "head_central", "head_high"}
    stems = set(re.findall(r"""word\(\s*f["']([a-z_]+)\{""", source)) - {"head_"} | {
        "grade_",
        "class_",
        "lack_",
        "bridged_",
    }
    plain = {"urban", "rural", "both", "published", "computed", "assumed"}
    assert named <= set(words.WORDS)
    idle = [
        key
        for key in words.WORDS
        if key not in named | plain | made and not key.startswith(tuple(stems)) and f'"{key}"' not in source
    ]
    assert idle == []
    assert all(zh and en for key, (zh, en) in words.WORDS.items() if key != "grade_")


@pytest.mark.parametrize(
    ("lang", "gap", "asked", "title", "lack"),
    [
        ("zh", "21市的城乡标准均未掌握", "21市的标准均未知，建议请其报送现行标准", "没有一个市的现行标准已知", "没有各地现行标准"),
        ("en", "In none of the 21 cities", "of all 21 cities are not known: they are to be asked", "No city's standard in force is known", "no standards in force"),
    ],
)  # fmt: skip
def test_where_no_standard_in_force_is_known_the_page_says_so(copied_home, monkeypatch, lang, gap, asked, title, lack):
    table = copied_home / "data/guangdong/standards.csv"
    table.write_text(table.read_text("utf-8").splitlines()[0] + "\n", "utf-8")
    monkeypatch.setenv("TIBIAO_HOME", str(copied_home))
    run = analysis.start("baseline", lang=lang)
    said = texts(run)
    assert gap in said["差距" if lang == "zh" else "Gap"]
    assert asked in who_moves_and_when(run.facts, run.wording)
    assert run.show("must_move").alt == title
    assert lack in str(run.table("movers"))
