"""Why a score moved: the figures of the sentences add up, and nothing that changed goes unsaid."""

from __future__ import annotations

from math import ceil, floor

from hypothesis import given
from hypothesis import strategies as st

from dq_pipeline.domain.score_moves import Part, Sentence, Version, explain_move, shared_out

BEFORE = Version(80.0, "m1", ("ao", "zoho"))


def texts(sentences: list[Sentence]) -> list[str]:
    return [sentence.text for sentence in sentences]


def parts(total: float, **steps: float) -> list[Part]:
    return [Part(step, None, steps.get(step, 0.0)) for step in ("same_rules", "rules_new", "rules_gone", "weights")] + [
        Part("total", None, total)
    ]


def test_the_whole_story() -> None:
    found = explain_move(
        BEFORE,
        Version(83.75, "m2", ("ao", "hubspot")),
        [
            *parts(3.75, same_rules=-1.25, rules_new=-2.5, rules_gone=5.0, weights=2.5),
            *(
                Part("rule", name, points)
                for name, points in (("a", -5.0), ("b", 3.0), ("c", 0.5), ("d", 0.2), ("e", 0.05))
            ),
            Part("source", "ao", 2.5),
            Part("source", None, -3.75),
            Part("owner", "north", -1.25),
            Part("owner", "south", 0.0),
        ],
        [("new", "added"), ("other", "redefined"), ("heavy", "weighted"), ("broken", "stopped")],
    )
    assert texts(found) == [
        "The overall score rose from 80.00 to 83.75 (+3.75).",
        "The linkage model changed (m1 to m2): what duplicates and golden customers moved may be its work.",
        "Source hubspot is new: it was not scored before.",
        "Source zoho is absent: it was scored before.",
        "By the rules and weights both have in common the data moved it by -1.25.",
        "rule a: -5.00",
        "rule b: +3.00",
        "rule c: +0.50",
        "2 other rules: +0.25",
        "rows of no source: -3.75",
        "source ao: +2.50",
        "owner north: -1.25",
        "Rules that count now and did not before moved it by -2.50: new (added), other (redefined).",
        "Rules that counted before and do not now moved it by +5.00: broken (stopped), other (redefined).",
        "Other weights or severities moved it by +2.50: heavy.",
    ]
    assert {s.kind: s.points for s in found if s.kind in ("total", "same_rules", "rules_new")} == {
        "total": 3.75,
        "same_rules": -1.25,
        "rules_new": -2.5,
    }


def test_a_score_that_stands_still_may_still_have_reasons() -> None:
    same = explain_move(BEFORE, BEFORE, parts(0.0), [])
    assert texts(same) == [
        "The overall score is as in the version before: 80.00.",
        "By the rules both have in common nothing moved.",
    ]
    cancelled = explain_move(BEFORE, BEFORE, parts(0.0, same_rules=-1.0, rules_gone=1.0), [("r", "stopped")])
    assert texts(cancelled)[1:] == [
        "By the rules and weights both have in common the data moved it by -1.00.",
        "Rules that counted before and do not now moved it by +1.00: r (stopped).",
    ]
    swapped = explain_move(BEFORE, BEFORE, [*parts(0.0), Part("source", "ao", 2.0), Part("source", "zoho", -2.0)], [])
    assert texts(swapped)[1:] == [
        "By the rules and weights both have in common the data moved it by 0.00.",
        "source ao: +2.00",
        "source zoho: -2.00",
    ]
    costless = explain_move(BEFORE, BEFORE, parts(0.0), [("r", "added")])
    assert texts(costless)[-1] == "Rules that count now and did not before moved it by 0.00: r (added)."


def test_what_cannot_be_explained_is_said_to_be() -> None:
    first = explain_move(None, BEFORE, [], [])
    assert texts(first) == ["The overall score is 80.00: the first one published."]
    nothing_kept = explain_move(BEFORE, Version(79.0, "m1", BEFORE.sources), [], [])
    assert texts(nothing_kept) == [
        "The overall score fell from 80.00 to 79.00 (-1.00).",
        "It cannot be told why: nothing was kept that both can be measured by.",
    ]
    gone = explain_move(BEFORE, Version(None, "m1", BEFORE.sources), [Part("total", None, None)], [])
    assert texts(gone) == ["The overall score was 80.00 in the version before and is not measured."]


POINTS = st.floats(-100, 100).map(lambda value: round(value, 6))


def test_a_score_held_below_a_hundred_for_its_coverage_costs_the_largest_part_a_hundredth() -> None:
    assert shared_out([5.0, 0.0, 0.0, 0.0], 499) == [499, 0, 0, 0]
    assert shared_out([1.0, -6.0, 0.0, 0.0], -499) == [100, -599, 0, 0]


@given(values=st.lists(POINTS, min_size=1, max_size=8), up=st.booleans())
def test_rounded_figures_add_up_and_none_is_off_by_a_hundredth(values: list[float], up: bool) -> None:
    exact = sum(round(value * 1_000_000) for value in values) / 10_000
    total = ceil(exact) if up else floor(exact)
    found = shared_out(values, total)
    assert sum(found) == total
    assert all(abs(shown - 100 * value) < 1 + 1e-6 for shown, value in zip(found, values, strict=True))


@given(
    rules=st.lists(POINTS, min_size=1, max_size=8),
    new=POINTS,
    gone=POINTS,
    shift=st.floats(0, 0.0099),
)
def test_the_figures_shown_give_the_difference_of_the_scores_shown(
    rules: list[float], new: float, gone: float, shift: float
) -> None:
    same = sum(rules)
    move = same + new + gone
    before = 1000.0 + shift
    version = Version(floor(100 * (before + move)) / 100, "m1", BEFORE.sources)
    found = explain_move(
        Version(floor(100 * before) / 100, "m1", BEFORE.sources),
        version,
        [
            *parts(move, same_rules=same, rules_new=new, rules_gone=gone),
            *(Part("rule", f"r{number}", points) for number, points in enumerate(rules)),
        ],
        [("a", "added"), ("b", "removed")],
    )

    def shown(*kinds: str) -> int:
        figures = [s.text.split(": ")[-1] if kinds == ("rule",) else _figure(s.text) for s in found if s.kind in kinds]
        return sum(round(100 * float(figure)) for figure in figures)

    moved = round(100 * (version.score or 0)) - 100000
    assert shown("same_rules", "rules_new", "rules_gone", "weights") == moved
    assert shown("rule") == shown("same_rules")


def _figure(text: str) -> str:
    return text.partition("moved it by ")[2].split(":")[0].rstrip(".") or "0"
