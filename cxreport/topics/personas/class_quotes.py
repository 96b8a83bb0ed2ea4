"""Comments that stand for each class, chosen by the rule that chooses those of a topic."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from cxreport.errors import CxError
from cxreport.inputs.columns import as_frame, as_labels, as_texts
from cxreport.topics.voice import company_comments, quotes

if TYPE_CHECKING:
    from cxreport.inputs.company import Company
    from cxreport.topics.personas.frames import PersonaStudy

MINIMUM, EACH = 10, 3
SURVEY = "survey"
QUOTED = ["class", "n", "group", "candidates", "nearness", "text"]


def class_quotes(
    comments: pd.DataFrame, classes: pd.Series, *, minimum: int = MINIMUM, each: int = EACH
) -> pd.DataFrame:
    """Choose the comments that stand for each class of customers.

    Comments of customers whose likeliest class it is; of them, of each group of scores in turn
    the one nearest to the middle of the group's comments in the class, within the bounds of length
    of ``cx.voice.quotes``; one a customer.

    Parameters
    ----------
    comments : DataFrame
        One row per comment: ``customer_id``, ``text`` (redacted) and, optional, ``group`` (of its
        score; a comment without one is not quoted) and ``language``. A comment without a customer,
        or of one without a class, stands for nobody.
    classes : Series of int
        Customer (its index) -> likeliest class; missing where there is none.
    minimum : int
        Fewest customers of a class who wrote something; others are not quoted.
    each : int
        Quotations of a class.

    Returns
    -------
    DataFrame
        One row per quotation, by class, the nearest of each group first: ``class``; ``n``
        (customers of the class who wrote); ``group``;
        ``candidates`` (comments of the class and the group within the bounds of length);
        ``nearness`` (cosine to the middle, 0 to 1); ``text``.

    Raises
    ------
    CxError
        If a column is missing, or a customer has no name that can be compared.

    Notes
    -----
    A text is quoted once, for the first class that it stands for. Source: as of
    ``cx.voice.quotes``.

    Examples
    --------
    >>> text = "The parcel came two days late and nobody told me"
    >>> comments = pd.DataFrame({"customer_id": list("abcdefghijkl"), "text": [text] * 12})
    >>> classes = pd.Series([1] * 10 + [2] * 2, index=list("abcdefghijkl"))
    >>> class_quotes(comments, classes)[["class", "n", "candidates"]].values.tolist()
    [[1, 10, 10]]
    """
    comments = as_frame(comments)
    for name in ("customer_id", "text"):
        if name not in comments:
            raise CxError("no such column", got=name, expected=", ".join(map(str, comments)))
    places = pd.Series(classes.to_numpy(), index=as_labels(classes.index.to_numpy()))
    places = places.dropna().astype("int64")
    rows = pd.DataFrame({"who": as_labels(comments["customer_id"]).to_numpy(),
                         "text": as_texts(comments["text"]).to_numpy()})  # fmt: skip
    spoken = as_labels(comments["language"]).to_numpy() if "language" in comments else None
    rows["language"] = spoken
    rows["group"] = as_labels(comments["group"]).to_numpy() if "group" in comments else ""
    rows = rows[rows["text"].notna() & rows["who"].isin(places.index)].reset_index(drop=True)
    rows["class"] = rows["who"].map(places)
    people = rows.groupby("class")["who"].nunique()
    rows = rows[rows["class"].isin(people[people >= minimum].index)].reset_index(drop=True)
    if rows.empty:
        return pd.DataFrame(columns=QUOTED)
    own = rows["class"]
    of_class = pd.DataFrame({place: own == place for place in sorted(own.unique())})
    chosen = quotes(
        rows["text"], rows["group"], of_class, languages=rows["language"], minimum_group=1,
        each=len(rows),
    ).rename(columns={"topic": "class"})  # fmt: skip
    writer = rows.drop_duplicates("text").set_index("text")["who"]
    chosen["who"] = chosen["text"].map(writer)
    chosen = _in_turn(_in_turn(chosen).drop_duplicates(["class", "who"]))
    chosen = chosen.groupby("class", sort=True).head(each)
    return chosen.assign(n=chosen["class"].map(people))[QUOTED].reset_index(drop=True)


def _in_turn(chosen: pd.DataFrame) -> pd.DataFrame:
    """Put the first of each group before the second of any."""
    turn = chosen.groupby(["class", "group"]).cumcount()
    return chosen.assign(turn=turn).sort_values(["class", "turn", "group"], kind="stable")


def persona_quotes(study: PersonaStudy, company: Company, *, each: int = EACH) -> pd.DataFrame:
    """Choose the comments of a company's survey that stand for each class of its customers.

    Parameters
    ----------
    study : PersonaStudy
        From ``company_personas``.
    company : Company or Survey
        What is reported; comments are those of the periods that the classes were found in.
    each : int
        Quotations of a class.

    Returns
    -------
    DataFrame
        As from ``class_quotes``; empty where there are no classes, or no comments of customers.

    Raises
    ------
    CxError
        If the data cannot be read.
    """
    personas = study.kinds
    if personas is None:
        return pd.DataFrame(columns=QUOTED)
    comments = company_comments(company, periods=study.items.periods)
    comments = comments[comments["source"] == SURVEY]
    return class_quotes(
        comments, personas.members["class"], minimum=company.minimum_group, each=each
    )
