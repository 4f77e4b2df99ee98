"""The learning curves a writer sees."""

from __future__ import annotations

import pytest

from loop.curve import live_effort, recurrence_by_version
from loop.model import Brief, BriefScore, Measurement, Pair


def _pair(brief: str, created: str, effort: float, **more: object) -> Pair:
    return Pair.model_validate(
        {
            "brief": Brief(id=brief, text="Write."),
            "draft": f"Draft of {brief}.",
            "final": f"Final {created} of {brief}.",
            "version": "v1",
            "effort": effort,
            "created": created,
            **more,
        }
    )


def test_live_effort_goes_in_the_order_of_time_with_a_running_mean() -> None:
    points = live_effort([_pair("b", "2026-02", 0.2), _pair("a", "2026-01", 0.6), _pair("c", "2026-03", 0.1)])
    assert [(point.number, point.brief) for point in points] == [(1, "a"), (2, "b"), (3, "c")]
    assert points[2].running.mean == pytest.approx(0.3)
    assert points[2].running.n == 3


def test_the_running_mean_looks_back_over_its_window_only() -> None:
    points = live_effort([_pair(str(n), f"2026-0{n}", n / 10) for n in range(1, 8)], window=2)
    assert points[-1].running.mean == pytest.approx(0.65)
    assert points[-1].running.n == 2


def test_imported_and_withdrawn_pairs_are_no_live_edits() -> None:
    pairs = [
        _pair("a", "2026-01", 0.5, source="import"),
        _pair("b", "2026-02", 0.5, withdrawn=True),
        _pair("c", "2026-03", 0.5),
    ]
    assert [point.brief for point in live_effort(pairs)] == ["c"]


def test_a_draft_that_is_corrected_again_counts_once_with_its_newest_final() -> None:
    points = live_effort([_pair("a", "2026-01", 0.5), _pair("b", "2026-02", 0.3), _pair("a", "2026-03", 0.9)])
    assert [(point.brief, point.effort) for point in points] == [("a", 0.9), ("b", 0.3)]


def test_no_pairs_make_no_curve() -> None:
    assert live_effort([]) == ()


def _score(
    brief: str, split: str, fired: dict[str, bool | None], sample: int = 0, **more: object
) -> BriefScore:
    return BriefScore.model_validate(
        {"brief": brief, "split": split, "sample": sample, "fired": fired, **more}
    )


def test_recurrence_is_a_share_per_version_over_briefs_with_unscored_ones_left_out() -> None:
    measured = Measurement(
        version="v1",
        model="m",
        created="2026-01",
        scores=(
            _score("a", "held_out", {"d1": True, "d2": None}),
            _score("a", "held_out", {"d1": False, "d2": None}, sample=1),
            _score("b", "held_out", {"d1": False, "d2": False}),
            _score("c", "held_out", {}, error="it could not be drafted"),
            _score("t", "train", {"d1": True}, effort=0.4),
        ),
    )
    point = recurrence_by_version([measured])[0]
    assert point.held_out is not None
    assert point.held_out.mean == pytest.approx(0.25)
    assert point.held_out.n == 2
    assert point.train is not None
    assert point.train.mean == 1
    assert point.effort is not None
    assert point.effort.mean == pytest.approx(0.4)
    assert point.unscored == 1


def test_versions_come_oldest_first_and_can_be_compared_on_the_same_detectors() -> None:
    old = Measurement(
        version="v1", model="m", created="2026-01", scores=(_score("a", "train", {"d1": True}),)
    )
    new = Measurement(
        version="v2", model="m", created="2026-02", scores=(_score("a", "train", {"d1": False, "d2": True}),)
    )
    points = recurrence_by_version([new, old], detectors={"d1"})
    assert [point.version for point in points] == ["v1", "v2"]
    assert [point.train.mean for point in points if point.train] == [1, 0]
    assert points[0].held_out is None
