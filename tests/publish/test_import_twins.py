"""Small files in the shape of each product's exports, in several languages, counted by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pyreadstat
import pytest
from importing import Source, nps_counts

from cxreport.errors import CxError
from cxreport.inputs.dataset import open_source
from cxreport.inputs.source import run

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def source(tmp_path: Path) -> Source:
    return Source(tmp_path)


def write(folder: Path, text: str, name: str = "export.csv", encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def read_back(source: Source, table: str = "responses") -> pd.DataFrame:
    dataset = open_source(source.folder / "codebook.toml", strict=False)
    assert dataset.problems["severity"].ne("error").all(), dataset.problems.to_string()
    return run(dataset.tables[table])


QUALTRICS = """\
StartDate,EndDate,Status,Progress,Finished,RecordedDate,ResponseId,UserLanguage,Q1_NPS_GROUP,Q1,Q2
Fecha de inicio,Fecha,Tipo,Progreso,Terminado,Fecha,ID,Idioma,¿Volvería? - Group,¿Volvería?,¿Qué?
"{""ImportId"":""startDate""}","{""ImportId"":""endDate""}","{""ImportId"":""status""}",\
"{""ImportId"":""progress""}","{""ImportId"":""finished""}","{""ImportId"":""recordedDate""}",\
"{""ImportId"":""_recordId""}","{""ImportId"":""userLanguage""}",\
"{""ImportId"":""QID1_NPS_GROUP""}",\
"{""ImportId"":""QID1""}","{""ImportId"":""QID2_TEXT""}"
2026-10-02 09:14,2026-10-02 09:16,IP Address,100,True,2026-10-02 09:16,R_1,ES,Promotor,9,Bien
2026-10-02 09:15,2026-10-02 09:17,Survey Preview,9,True,2026-10-02 09:17,R_2,ES,Promotor,9,x
2026-10-02 09:16,2026-10-02 09:18,IP Address,100,True,2026-10-02 09:18,R_3,ES,Detractor,3,Mal
"""


def test_qualtrics_knows_nps_by_its_groups_in_any_language(source: Source, tmp_path: Path) -> None:
    audit = source.take(write(tmp_path, QUALTRICS))
    assert audit.file.excluded == {"a preview, no answer": 1}
    assert nps_counts(read_back(source)["nps"]) == (1, 0, 1)


def test_qualtrics_asks_about_a_status_in_another_language(source: Source, tmp_path: Path) -> None:
    file = write(tmp_path, QUALTRICS.replace("Survey Preview", "Vista previa"))
    with pytest.raises(CxError, match="do they belong") as error:
        source.take(file)
    assert "--skip 'Status=Vista previa'" in str(error.value)
    audit = source.take(file, skip={"Status": frozenset({"Vista previa"})})
    assert (audit.file.rows, audit.file.kept) == (3, 2)


def test_surveymonkey_in_italian(source: Source, tmp_path: Path) -> None:
    text = (
        "ID rispondente,ID raccoglitore,Data di inizio,Data di fine,Indirizzo IP,"
        "Quanto è probabile che ci consigli?,Valuta:,,Commenti?\n"
        ",,,,,Risposta,Velocità,Personale,Risposta aperta\n"
        "1,9,31/10/2026 09:14:05,31/10/2026 09:16:40,1.2.3.4,10 - Molto probabile,5,Non so,Sì\n"
        "2,9,01/11/2026 10:00:00,01/11/2026 10:01:00,1.2.3.4,6,4,3,\n"
        "3,9,01/11/2026 11:00:00,01/11/2026 11:01:00,1.2.3.4,,,,\n"
    )
    audit = source.take(write(tmp_path, text))
    assert audit.file.excluded == {"no question was answered": 1}
    frame = read_back(source)
    assert nps_counts(frame["nps"]) == (1, 0, 1)
    assert frame["valuta_velocita"].tolist() == [5, 4]
    assert source.codebook.responses.columns["valuta_personale"].missing == {
        "Non so": {"en": "does not know", "it": "non sa"}
    }
    assert "1.2.3.4" not in str(source.rows())


def test_surveymonkey_in_german_with_semicolons(source: Source, tmp_path: Path) -> None:
    text = (
        "Befragten-ID;Startdatum;Enddatum;IP-Adresse;Vorname;Würden Sie uns weiterempfehlen?;"
        "Wie zufrieden sind Sie?;Wie zufrieden sind Sie mit:;\n"
        ";;;;;Antwort;Antwort;Preis;Service\n"
        "1;13.10.2026 09:14:05;13.10.2026 09:16:40;1.2.3.4;Ann;Sehr - 10;Sehr zufrieden;5;4\n"
        "2;14.10.2026 09:14:05;14.10.2026 09:16:40;1.2.3.4;Bo;3;Unzufrieden;1;2\n"
    )
    source.take(write(tmp_path, text, encoding="windows-1252"))
    frame = read_back(source)
    assert nps_counts(frame["nps"]) == (1, 0, 1)
    assert frame["csat"].tolist() == [5, 2]
    roles = {name: column.role for name, column in source.codebook.responses.columns.items()}
    assert [*roles.values()].count("touchpoint") == 2
    assert not {"1.2.3.4", "Ann"} & {*source.rows()[0].values()}


def test_two_rows_of_headings_in_an_unread_language_are_asked_about(
    source: Source, tmp_path: Path
) -> None:
    text = "Vastaajan tunnus,Päättymispäivä,Suosittelisitko?\n,,Response\n1,2026-10-31,9\n"
    with pytest.raises(CxError, match="--format surveymonkey or --format table"):
        source.take(write(tmp_path, text))


def test_typeform_old_with_headings_that_repeat(source: Source, tmp_path: Path) -> None:
    text = (
        "#,How likely are you to recommend us?,Why?,Why?,utm_source,Start Date (UTC),"
        "Submit Date (UTC),Network ID\n"
        "a1,9,good,cheap,mail,2026-10-02 09:14:05,2026-10-02 22:30:00,abcdef\n"
        "a2,4,slow,,web,2026-10-03 09:14:05,2026-10-03 09:15:00,abcdef\n"
    )
    source.take(write(tmp_path, text), timezone="Europe/Rome")
    frame = read_back(source)
    assert nps_counts(frame["nps"]) == (1, 0, 1)
    assert frame["answered_at"].dt.strftime("%d %H:%M").tolist() == ["03 00:30", "03 11:15"]
    assert (source.column("comment"), source.column("why_2")) == (["good", "slow"], ["cheap", None])
    assert "abcdef" not in str(source.rows())


def test_typeform_new_leaves_out_what_was_only_begun(source: Source, tmp_path: Path) -> None:
    text = (
        "#,Ci consiglieresti?,Response Type,Start Date (UTC),Stage Date (UTC),Submit Date (UTC),"
        "Network ID,Tags,Ending\n"
        "a1,10,completed,2026-10-02 09:14:05,,2026-10-02 09:16:00,n,,Grazie\n"
        "a2,,started,2026-10-02 09:14:05,,,n,,\n"
        "a3,,partial,2026-10-02 09:14:05,2026-10-02 09:15:00,,n,,\n"
    )
    audit = source.take(write(tmp_path, text))
    assert audit.file.excluded == {
        "begun and not answered": 1, "no question was answered": 1
    }  # fmt: skip


def test_google_forms_in_german_with_twelve_hours(source: Source, tmp_path: Path) -> None:
    text = (
        "Zeitstempel;Würden Sie uns weiterempfehlen?;Wie zufrieden sind Sie?\n"
        "13.10.2026 09:14:05;10;Sehr zufrieden\n"
        "14.10.2026 09:14:05;8;Unzufrieden\n"
    )
    source.take(write(tmp_path, text, encoding="windows-1252"))
    frame = read_back(source)
    assert nps_counts(frame["nps"]) == (1, 1, 0)
    assert frame["csat"].tolist() == [5, 2]


def test_two_equal_answers_without_an_id_are_two(source: Source, tmp_path: Path) -> None:
    text = "Timestamp,Would you recommend us?\n2026-10-02 09:14:05,10\n2026-10-02 09:14:05,10\n"
    audit = source.take(write(tmp_path, text))
    assert audit.file.kept == 2
    assert len({*source.column("response_id")}) == 2


def test_limesurvey_with_whole_questions_in_italian(source: Source, tmp_path: Path) -> None:
    text = (
        "ID risposta;Data di invio;Ultima pagina;Lingua iniziale;Seme;"
        "Ci consiglieresti?;Quanto sei soddisfatto?\n"
        "1;2026-10-02 09:14:05;3;it;11;10;Molto soddisfatto\n"
        "2;2026-10-02 09:15:05;3;it;12;0;Molto insoddisfatto\n"
        "3;2026-10-02 09:16:05;3;it;13;7;N/A\n"
    )
    source.take(write(tmp_path, text))
    frame = read_back(source)
    assert nps_counts(frame["nps"]) == (1, 1, 1)
    assert frame["csat"].fillna(0).tolist() == [5, 1, 0]


def test_formbricks(source: Source, tmp_path: Path) -> None:
    text = (
        "No.,Response ID,Timestamp,Finished,Survey ID,User ID,Tags,"
        "1. How likely are you to recommend us?,2. Anything else?\n"
        "1,cm1,2026-10-02T09:14:05.123Z,Yes,s1,u1,,9,fine\n"
        "2,cm2,2026-10-02T09:15:05.123Z,No,s1,u2,,,\n"
    )
    audit = source.take(write(tmp_path, text))
    assert audit.file.excluded == {"no question was answered": 1}
    assert source.column("customer_id") == ["u1"]
    assert nps_counts(read_back(source)["nps"]) == (1, 0, 0)


def test_freshdesk_maps_its_states_and_hides_addresses(source: Source, tmp_path: Path) -> None:
    text = (
        "Ticket ID,Subject,Status,Priority,Source,Type,Agent,Group,Created time,Resolved time,"
        "Closed time,Initial response time,Agent interactions,Full name,Email\n"
        "1,Late,Resolved,Low,Email,Delivery,Ann,North,2026-10-02 09:14:05,2026-10-03 09:14:05,,"
        "2026-10-02 10:14:05,3,Bo Li,bo@example.com\n"
        "2,Broken,Waiting on Customer,Low,Portal,Delivery,Ann,North,2026-10-02 11:14:05,,,,1,"
        "Bo Li,BO@example.com\n"
    )
    source.take(write(tmp_path, text))
    frame = read_back(source, "tickets")
    assert frame["status"].tolist() == ["solved", "open"]
    assert len({*frame["customer_id"]}) == 1
    assert "example.com" not in str(source.rows("tickets"))
    assert "Bo Li" not in str(source.rows("tickets"))


def test_zendesk_as_its_lists_export_it(source: Source, tmp_path: Path) -> None:
    text = (
        "Id,Subject,Requester,Requester id,Status,Created at,Solved at,Group,Via,Ticket type\n"
        "1,Late,Ann,11,Solved,2026-10-02 09:14,2026-10-03 09:14,North,Mail,Problem\n"
        "2,Late,Bo,12,Pending,2026-10-02 10:14,,North,Mail,Problem\n"
    )
    source.take(write(tmp_path, text))
    assert read_back(source, "tickets")["status"].tolist() == ["solved", "open"]


REVIEWS = (
    "Review Id,Review Username,Review Created (UTC),Review Title,Review Content,Review Stars,"
    "Review Language,Reference Id\n"
    "r1,Ann B,2026-10-02T09:14:05Z,Good,Quick and kind,5,en,1001\n"
    "r2,Bo C,2026-10-03T09:14:05Z,Bad,Never again,1,en,1002\n"
)


def test_reviews_stand_beside_another_table(source: Source, tmp_path: Path) -> None:
    reviews = write(tmp_path, REVIEWS, "reviews.csv")
    with pytest.raises(CxError, match="no report is made of verbatims alone"):
        source.take(reviews)
    assert not source.folder.exists()
    source.take(write(tmp_path, QUALTRICS), reviews)
    assert read_back(source, "verbatims")["rating"].tolist() == [5, 1]
    assert "Ann B" not in str(source.rows("verbatims"))


def test_spss_keeps_why_there_is_no_answer(source: Source, tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {
            "resp_id": ["a", "b", "c", "d"],
            "answered_at": ["2026-10-02", "2026-10-03", "2026-10-04", "2026-10-05"],
            "q1": [10.0, 98.0, 6.0, None],
            "q2": [1.0, 5.0, -7.0, 2.0],
            "q3": [1.0, 2.0, 2.0, 9.0],
        }
    )
    path = tmp_path / "survey.sav"
    pyreadstat.write_sav(
        frame,
        path,
        column_labels={
            "q1": "Would you recommend us?",
            "q2": "How satisfied are you?",
            "q3": "Region",
        },
        variable_value_labels={
            "q1": {0.0: "Not at all likely", 10.0: "Very likely", 98.0: "Refused"},
            "q2": {1.0: "Very satisfied", 5.0: "Very dissatisfied"},
            "q3": {1.0: "North", 2.0: "South", 9.0: "Not known"},
        },
        missing_ranges={
            "q1": [{"lo": 97.0, "hi": 99.0}],
            "q2": [{"lo": -9.0, "hi": -1.0}],
            "q3": [9.0],
        },
    )
    audit = source.take(path, table="responses", roles={"resp_id": "id"})
    assert audit.title == "plain table"
    assert audit.kind == "SPSS"
    columns = source.codebook.responses.columns
    assert columns["nps"].missing == {"98": {"en": "Refused", "it": "Refused"}}
    assert [*columns["csat"].missing] == ["-7"]
    assert columns["csat"].scale == (5, 1)
    assert columns["q3"].labels["2"]["en"] == "South"
    assert [*columns["q3"].missing] == ["9"]
    scores = read_back(source)["nps"]
    assert (nps_counts(scores), int(scores.isna().sum())) == ((1, 0, 1), 2)
    assert source.column("nps") == [10, 98, 6, None]


ZENDESK_VIEW = """\
ID,Ticket status,Subject,Requester,Requester email,Requested,Updated,Solved,Channel,Satisfaction
1,Solved,Late,Ann B,ann@example.com,2026-10-02 09:14,2026-10-03 08:00,2026-10-03 08:00,Email,Good
2,On-hold,Late,Ann B,ann@example.com,2026-10-04 09:14,2026-10-04 10:00,,Phone,Unoffered
3,Pending,Box,Joe C,joe@example.com,2026-10-05 09:14,2026-10-05 10:00,,Web,Offered
"""


def test_a_view_of_zendesk_is_known_by_its_own_words(source: Source, tmp_path: Path) -> None:
    audit = source.take(write(tmp_path, ZENDESK_VIEW), timezone="Europe/Rome")
    assert audit.title == "Zendesk tickets"
    frame = read_back(source, "tickets")
    assert sorted(frame["status"]) == ["open", "open", "solved"]
    assert frame["solved_at"].notna().sum() == 1
    assert sorted(frame["channel"]) == ["Email", "Phone", "Web"]
    assert b"example.com" not in b"".join(source.bytes().values())


@pytest.mark.parametrize(
    ("time", "question"),
    [
        ("Ora di completamento", "Con quale probabilità ci consiglieresti a un amico?"),
        ("Completion time", "How likely are you to recommend us to a friend?"),
        ("Fertigstellungszeit", "Wie wahrscheinlich ist es, dass du uns weiterempfiehlst?"),
        ("Heure de fin", "Quelle est la probabilité que vous nous recommandiez ?"),
        ("Date Submitted", "Hoe waarschijnlijk is het dat u ons aanbeveelt?"),
    ],
)
def test_a_form_of_another_product_is_read_by_its_time_and_its_question(
    source: Source, tmp_path: Path, time: str, question: str
) -> None:
    rows = [(n, f"2026-10-{n + 1:02d} 09:00:00", answer) for n, answer in enumerate((10, 9, 7, 0))]
    lines = [f"{n},{moment},{answer}" for n, moment, answer in rows]
    text = "\n".join([f'ID,{time},"{question}"', *lines])
    source.take(write(tmp_path, text), timezone="Europe/Rome")
    frame = read_back(source)
    assert nps_counts(frame["nps"]) == (2, 1, 1)
    assert frame["answered_at"].dt.day.tolist() == [1, 2, 3, 4]
