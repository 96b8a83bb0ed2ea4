"""A source shows itself short, whatever its size, and escaped, whatever its names."""

import pandas as pd

from cxreport.inputs.summary import summary

FILES = pd.DataFrame({"table": ["responses", "responses", "orders"], "rows": [900, 100, 40]})


def test_rows_of_a_table_are_added_up() -> None:
    html = summary({"Source": "shop"}, FILES, ["nps"])
    assert "responses (1,000 rows read), orders (40 rows read)" in html
    assert "<td>shop</td>" in html


def test_it_stays_short_with_many_questions() -> None:
    questions = [f"a question of the year {number}" for number in range(500)]
    html = summary({"Source": "shop"}, FILES, questions)
    assert len(html) < 2000
    assert "<td>500</td>" in html


def test_names_are_escaped() -> None:
    assert "<script>" not in summary({"Source": "<script>"}, FILES, ["<script>"])
