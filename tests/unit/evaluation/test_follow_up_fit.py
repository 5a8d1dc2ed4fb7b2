"""Fitting follow-ups: the regression finds known weights, and fitting never makes things worse."""

import numpy as np
import pytest

from assistant.follow_ups import FollowUpRules
from evaluation.cases import Ask
from evaluation.follow_up_fit import fit, log_odds
from tests.assisting import little_guidance, opened
from tests.unit.evaluation.test_conversation import QUESTIONS, forgetful, knowing


def test_known_log_odds_are_found_again() -> None:
    rng = np.random.default_rng(5)
    true = np.array([0.5, -1.5, 2.0])
    rows = np.column_stack((np.ones(40_000), rng.normal(size=(40_000, 2))))
    labels = (rng.random(40_000) < 1 / (1 + np.exp(-rows @ true))).astype(float)
    found = log_odds(rows, labels)
    assert found[1:] == pytest.approx(true[1:], abs=0.08)


def test_facts_that_part_the_labels_wholly_stay_finite() -> None:
    rows = np.array([[1.0, 0.0], [1.0, 0.0], [1.0, 1.0]])
    found = log_odds(rows, np.array([0.0, 0.0, 1.0]))
    assert np.isfinite(found).all()
    assert found[1] > 1


def test_weights_that_do_worse_than_those_that_ship_are_not_taken() -> None:
    retriever = opened(little_guidance()).retriever
    shipped = FollowUpRules()
    only = fit(
        QUESTIONS,
        retriever,
        lambda rules: knowing if rules == shipped else forgetful,
        lambda what, done, of: None,
    )
    assert only.rules == shipped
    assert only.after == only.before == 1.0


def test_what_is_tried_is_kept_only_where_it_helps() -> None:
    retriever = opened(little_guidance()).retriever
    shipped = FollowUpRules()

    def asking(rules: FollowUpRules) -> Ask:
        return knowing if rules.quoted > shipped.quoted else forgetful

    fitted = fit(QUESTIONS, retriever, asking, lambda what, done, of: None)
    assert fitted.rules.quoted > shipped.quoted
    assert fitted.rules.reading == shipped.reading
    assert fitted.after == 1.0 > fitted.before
    same = fit(QUESTIONS, retriever, lambda rules: knowing, lambda what, done, of: None)
    assert same.rules == shipped
