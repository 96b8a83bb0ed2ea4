"""Whatever goes wrong with a delivery: no wrong mail, no second mail, a plain sentence."""

from __future__ import annotations

import errno
import json
import re
import shutil
import ssl
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
import trustme
from click.testing import CliRunner, Result
from documented import commands, text_of
from mail_server import PASSWORD, Keeper, free_port, mail_server
from small_project import RESPONSES, Command, write_project

from cxreport.cli import main
from cxreport.delivery import log as delivery_log
from cxreport.delivery.log import SENT, UNSURE, open_log
from cxreport.delivery.reasons import Reason
from cxreport.publish.places import failed_mark
from cxreport.publish.plan import make_plan
from cxreport.publish.publish import digest_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

TO = ["anna@example.org", "bob@example.org", "carla@example.org"]
WARDEN = "warden@example.org"
NOW = "2026-11-02T08:00"
SETTINGS = """
[deliver]
from = "reports@example.org"
to = ["anna@example.org", "bob@example.org", "carla@example.org"]
failures_to = ["warden@example.org"]
server = "127.0.0.1"
port = {port}
security = "none"
timeout = 0.5
pages_at = "https://example.org/reports/"
"""


class World(NamedTuple):
    """A project with a page, and a mail server."""

    root: Path
    keeper: Keeper

    @property
    def page(self) -> Path:
        return self.root / "reports/mini/2026-10"

    def set(self, old: str, new: str) -> None:
        table = self.root / "reports.toml"
        assert old in table.read_text("utf-8")
        table.write_text(table.read_text("utf-8").replace(old, new), "utf-8")

    def listen(self, port: int) -> None:
        """Name another port of the server."""
        table = self.root / "reports.toml"
        text = re.sub(
            r"^port = \d+$", f"port = {port}", table.read_text("utf-8"), flags=re.MULTILINE
        )
        table.write_text(text, "utf-8")

    def claim(self, **more: Any) -> None:
        """Let the manifest say that the page is made of what is in place now."""
        job = make_plan(self.root, names=["mini"], settings={"period": "2026-10"})[0]
        path = self.page / "manifest.json"
        manifest = json.loads(path.read_text("utf-8")) | job.provenance
        manifest["files"] |= more
        path.write_text(json.dumps(manifest), "utf-8")

    def say(self, *words: str, now: str = NOW) -> Result:
        result = CliRunner().invoke(main, ["deliver", "--now", now, *words])
        assert "Traceback" not in result.output
        assert PASSWORD not in result.output
        return result

    @property
    def mails(self) -> list[Any]:
        """The mails that readers got."""
        return [mail for to, mail in self.keeper.taken if to != [WARDEN]]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the small project once."""
    root = tmp_path_factory.mktemp("built")
    write_project(root)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(root)
        patch.delenv("PYTEST_CURRENT_TEST", raising=False)
        assert CliRunner().invoke(main, ["build"]).exit_code == 0
    return root


@pytest.fixture(scope="module")
def plain_server() -> Iterator[tuple[Keeper, int]]:
    keeper = Keeper()
    with mail_server(keeper) as port:
        yield keeper, port


@pytest.fixture
def world(
    built: Path,
    plain_server: tuple[Keeper, int],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> World:
    keeper, port = plain_server
    keeper.__init__()  # type: ignore[misc]
    root = Path(shutil.copytree(built, tmp_path / "p"))
    with (root / "reports.toml").open("a", encoding="utf-8") as file:
        file.write(SETTINGS.format(port=port))
    monkeypatch.chdir(root)
    for name in ("CXREPORT_SMTP_USER", "CXREPORT_SMTP_PASSWORD"):
        monkeypatch.delenv(name, raising=False)
    return World(root, keeper)


def test_a_mail_says_what_the_page_says_in_both_languages_once(world: World) -> None:
    dry = world.say("--dry-run")
    assert dry.exit_code == 0
    assert "mini 2026-10: would be sent (not sent yet)" in dry.output
    assert "To: anna@example.org, bob@example.org, carla@example.org" in dry.output
    assert world.keeper.taken == []
    assert not (world.root / "deliveries").exists()
    sent = world.say("mini")
    assert sent.exit_code == 0
    assert sent.output == f"mini 2026-10: sent to {', '.join(TO)} (not sent yet)\n"
    [(to, mail)] = world.keeper.taken
    assert to == TO
    assert mail["Subject"] == "Report sull'esperienza dei clienti – Mini negozio – ottobre 2026"
    assert mail["From"] == "reports@example.org"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Date"] == "Mon, 02 Nov 2026 08:00:00 +0000"
    text = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    html = mail.get_body(("html",)).get_content()  # type: ignore[union-attr]
    for language in ("it", "en"):
        *lines, last = (world.page / f"{language}.summary.txt").read_text("utf-8").splitlines()
        address = f"https://example.org/reports/mini/2026-10/{language}.html"
        assert all(line in text for line in lines)
        assert last.replace(f"mini/2026-10/{language}.html", address) in text
        assert f'<a href="{address}">' in html
    assert not any(word in html for word in ("<style", "src=", "url(", "<script"))
    again = world.say()
    assert again.exit_code == 8
    assert "not sent [nothing-new]: nothing changed since it was sent" in again.output
    assert len(world.keeper.taken) == 1
    assert world.say("--again").exit_code == 0
    assert len(world.mails) == 2
    assert world.mails[0]["Message-ID"] == world.mails[1]["Message-ID"]


def test_new_data_are_news_and_other_code_is_none(world: World) -> None:
    assert world.say().exit_code == 0
    path = world.page / "manifest.json"
    manifest = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps(manifest | {"code": "other"}), "utf-8")
    assert world.say().exit_code == 8
    data = world.root / "data/mini/responses.csv"
    data.write_text(RESPONSES.replace("2026-10-03,1\n", "2026-10-03,2\n"), "utf-8")
    world.claim()
    assert "(it has changed)" in world.say().output
    text = world.mails[1].get_body(("plain",)).get_content()
    assert "Sent again: the data or their definitions have changed" in text
    assert "Inviato di nuovo" in text
    assert len(world.mails) == 2


def change_data(world: World) -> None:
    data = world.root / "data/mini/responses.csv"
    data.write_text(RESPONSES.replace("2026-10-03,1\n", "2026-10-03,2\n"), "utf-8")


def half_a_period(world: World) -> None:
    codebook = world.root / "data/mini/codebook.toml"
    text = codebook.read_text("utf-8")
    codebook.write_text(text.replace("2026-10-31", "2026-10-15"), "utf-8")


def half_a_period_by_hand(world: World) -> None:
    half_a_period(world)
    world.claim()
    world.set('name = "mini"', 'name = "mini"\nperiods = ["2026-10"]')


def fail_the_build(world: World) -> None:
    mark = failed_mark(world.root / "reports", world.page)
    mark.parent.mkdir(exist_ok=True)
    mark.touch()


def take_the_data_away(world: World) -> None:
    (world.root / "data/mini/responses.csv").unlink()


def no_page(world: World) -> None:
    shutil.rmtree(world.page)


def damage_the_manifest(world: World) -> None:
    (world.page / "manifest.json").write_text('{"pages": [', "utf-8")


def empty_the_manifest(world: World) -> None:
    (world.page / "manifest.json").write_text('{"pages": {}}', "utf-8")


def change_the_page(world: World) -> None:
    with (world.page / "en.html").open("a", encoding="utf-8") as file:
        file.write("<p>better</p>")


def no_summary(world: World) -> None:
    (world.page / "it.summary.json").unlink()


def no_addresses(world: World) -> None:
    world.set('to = ["anna@example.org", "bob@example.org", "carla@example.org"]', "to = []")


def an_address_with_accents(world: World) -> None:
    world.set("anna@example.org", "josé@example.org")


def an_address_with_a_header(world: World) -> None:
    world.set("anna@example.org", "anna@example.org\\r\\nBcc: eve@example.org")


def an_open_line_abroad(world: World) -> None:
    world.set('server = "127.0.0.1"', 'server = "smtp.example.org"')


def no_section(world: World) -> None:
    table = world.root / "reports.toml"
    table.write_text(table.read_text("utf-8").partition("[deliver]")[0], "utf-8")


def server_down(world: World) -> None:
    world.listen(free_port())


def no_server(world: World) -> None:
    world.set('server = "127.0.0.1"\n', "")
    world.set('security = "none"', 'security = "tls"')


def all_refused(world: World) -> None:
    world.keeper.refuses |= {*TO}


def sender_refused(world: World) -> None:
    world.keeper.refuses_sender = True


def mail_refused(world: World) -> None:
    world.keeper.after_data = "552 no room"


def silent_server(world: World) -> None:
    world.keeper.silent = True


def no_starttls(world: World) -> None:
    world.set('security = "none"', 'security = "starttls"')


def no_tls(world: World) -> None:
    world.set('security = "none"', 'security = "tls"')


def damaged_log(world: World) -> None:
    (world.root / "deliveries").mkdir()
    (world.root / "deliveries/log.json").write_text("[half", "utf-8")


def killed_while_sending(world: World) -> None:
    """What a process that was killed after it had said to whom leaves behind."""
    assert world.say().exit_code == 0
    path = world.root / "deliveries/log.json"
    path.write_text(path.read_text("utf-8").replace(SENT, UNSURE), "utf-8")
    world.keeper.taken.clear()


FAULTS: list[tuple[Callable[[World], None], int, str, bool]] = [
    (change_data, 5, "the page is not made from what is in place now", True),
    (half_a_period, 3, "there is no page", True),
    (half_a_period_by_hand, 7, "the data do not cover the whole period", True),
    (fail_the_build, 3, "the last build failed", True),
    (take_the_data_away, 3, "no such file", True),
    (no_page, 3, "there is no page", True),
    (damage_the_manifest, 4, "the manifest of the page cannot be used", True),
    (empty_the_manifest, 4, "a file is missing or is not the one published", True),
    (change_the_page, 4, "got:      en.html", True),
    (no_summary, 4, "got:      it.summary.json", True),
    (no_addresses, 9, "no address is declared", False),
    (an_address_with_accents, 1, "few servers take an address with accents", False),
    (an_address_with_a_header, 1, "is no mail address", False),
    (an_open_line_abroad, 1, "is for a server on this machine", False),
    (no_section, 1, "nobody is named to deliver to", False),
    (server_down, 10, "the mail server cannot be reached", False),
    (no_server, 10, "no server is named", False),
    (all_refused, 10, "the server refuses every address", True),
    (sender_refused, 10, "the mail server refuses the sender", False),
    (mail_refused, 10, "the server refuses the mail", False),
    (silent_server, 10, "the mail server does not answer in time", False),
    (no_starttls, 10, "the mail server lacks what is needed (STARTTLS, login)", False),
    (no_tls, 10, "no encrypted line to the mail server", False),
    (damaged_log, 1, "nobody knows what was sent", False),
    (killed_while_sending, 11, "nobody knows whether the last mail arrived", True),
]


@pytest.mark.parametrize(
    ("fault", "code", "words", "is_told"), FAULTS, ids=[f[0].__name__ for f in FAULTS]
)
def test_a_fault_sends_nothing_and_says_why(
    world: World, fault: Callable[[World], None], code: int, words: str, *, is_told: bool
) -> None:
    fault(world)
    result = world.say()
    assert words in result.output
    assert result.exit_code == code
    assert world.mails == []
    assert world.keeper.to(WARDEN) == is_told
    if is_told:
        mail = world.keeper.taken[-1][1]
        assert words in mail.get_content()
        assert mail["Subject"] == "A report was not sent"
        assert world.say().exit_code == code
        assert world.keeper.to(WARDEN) == 1  # told once a day
        assert world.mails == []
    dry = world.say("--dry-run")
    assert dry.exit_code == (0 if code == 10 else code)
    assert world.mails == []


@pytest.mark.parametrize(
    ("now", "code", "words"),
    [
        ("2026-10-31T23:59", 7, "by the clock the period is not over: is the clock right?"),
        ("2020-01-01", 7, "today is 2020-01-01, the period ends on 2026-10-31"),
        ("2026-11-01", 0, "sent to"),
        ("2026-12-16", 0, "sent to"),  # 31 days, and half as many: 46
        ("2026-12-17", 6, "the period ended 47 days ago"),
        ("soon", 1, "this is no time"),
    ],
)
def test_the_clock_says_what_is_stale_and_what_is_not_over(
    world: World, now: str, code: int, words: str
) -> None:
    result = world.say(now=now)
    assert words in result.output
    assert result.exit_code == code
    assert len(world.mails) == (code == 0)


def test_a_project_says_itself_what_is_stale(world: World) -> None:
    world.set("timeout = 0.5", "timeout = 0.5\nstale_after = 5")
    assert world.say(now="2026-11-06").exit_code == 6
    world.set('name = "mini"', 'name = "mini"\ndeliver = { stale_after = 6 }')
    assert world.say(now="2026-11-06").exit_code == 0


@pytest.mark.parametrize(
    "fault", [server_down, all_refused, sender_refused, mail_refused, silent_server]
)
def test_once_the_server_is_mended_each_gets_one_mail(
    world: World, fault: Callable[[World], None]
) -> None:
    table = (world.root / "reports.toml").read_text("utf-8")
    fault(world)
    assert world.say().exit_code == 10
    world.keeper.__init__()  # type: ignore[misc]
    (world.root / "reports.toml").write_text(table, "utf-8")
    assert world.say().exit_code == 0
    assert world.say().exit_code == 8
    assert [world.keeper.to(address) for address in TO] == [1, 1, 1]


def test_who_was_refused_gets_it_later_and_nobody_twice(world: World) -> None:
    world.keeper.refuses = {"bob@example.org"}
    result = world.say()
    assert result.exit_code == 10
    assert "sent to anna@example.org, carla@example.org" in result.output
    assert "got:      bob@example.org: 550 no such mailbox" in result.output
    assert "bob@example.org: 550" in world.keeper.taken[-1][1].get_content()
    world.keeper.refuses = set()
    assert "sent to bob@example.org (not sent yet)" in world.say().output
    assert world.say().exit_code == 8
    assert [world.keeper.to(address) for address in TO] == [1, 1, 1]


def test_a_mail_that_may_have_arrived_is_not_sent_twice(world: World) -> None:
    world.keeper.after_data = "lost"
    first = world.say()
    assert first.exit_code == 11
    assert "nobody knows whether it arrived" in first.output
    world.keeper.after_data = ""
    assert world.say().exit_code == 11
    assert [world.keeper.to(address) for address in TO] == [1, 1, 1]
    assert world.say("--again").exit_code == 0
    assert world.say().exit_code == 8
    assert [world.keeper.to(address) for address in TO] == [2, 2, 2]


@pytest.mark.parametrize(("n", "code", "mails"), [(1, 10, 0), (2, 11, 1)])
def test_a_full_disk_makes_no_second_mail(
    world: World, monkeypatch: pytest.MonkeyPatch, n: int, code: int, mails: int
) -> None:
    """The first note is written before the mail, the second after it."""
    calls = []
    write = delivery_log.write_through

    def full(path: Path, content: bytes) -> None:
        calls.append(path)
        if len(calls) >= n:
            path.write_bytes(content[:7])
            raise OSError(errno.ENOSPC, "No space left on device")
        write(path, content)

    with monkeypatch.context() as patch:
        patch.setattr(delivery_log, "write_through", full)
        result = world.say()
    assert result.exit_code == code
    assert "No space left on device" in result.output
    assert len(world.mails) == mails
    assert world.say().exit_code == (11 if mails else 0)
    assert len(world.mails) == 1
    assert not (world.root / "deliveries/log.new").exists()


def test_two_deliveries_at_once_send_one_mail(world: World) -> None:
    world.keeper.after_data = "slow"
    commands = [Command(world.root, "deliver", "--now", NOW) for _ in range(2)]
    assert sorted(str(command.end()[0]) for command in commands) == ["0", "8"]
    assert len(world.mails) == 1


def test_a_title_with_a_header_in_it_stays_a_title(world: World) -> None:
    path = world.page / "it.summary.json"
    summary = json.loads(path.read_text("utf-8"))
    summary["title"] = "Clienti\r\nBcc: eve@example.org\r\n\r\n<b>x</b> <!channel>"
    path.write_text(json.dumps(summary), "utf-8")
    world.claim(**{path.name: digest_of(path.read_bytes())})
    assert world.say().exit_code == 0
    [(to, mail)] = world.keeper.taken
    assert to == TO
    assert mail["Bcc"] is None
    assert mail["Subject"].startswith("Clienti Bcc: eve@example.org <b>x</b> <!channel> – ")
    assert "<b>x" not in mail.get_body(("html",)).get_content()  # type: ignore[union-attr]
    assert world.say("--slack", "slack.json").exit_code == 0
    message = json.loads((world.root / "slack.json").read_text("utf-8"))
    assert "&lt;!channel&gt;" in message["text"]
    assert all(
        block["text"]["type"] == "plain_text" or "<!" not in block["text"]["text"]
        for block in message["blocks"]
    )


def test_a_slack_message_is_written_once_and_sends_no_mail(world: World) -> None:
    assert world.say("--slack", "slack.json", "--dry-run").exit_code == 0
    assert not (world.root / "slack.json").exists()
    result = world.say("--slack", "slack.json")
    assert result.output == "mini 2026-10: written to slack.json\n"
    message = json.loads((world.root / "slack.json").read_text("utf-8"))
    link = "<https://example.org/reports/mini/2026-10/en.html|Customer experience report>"
    assert [b for b in message["blocks"] if b["text"]["text"] == link]
    assert world.say("--slack", "slack.json").exit_code == 8
    change_data(world)
    assert world.say("--slack", "other.json").exit_code == 5
    assert not (world.root / "other.json").exists()
    assert world.keeper.taken == []
    assert world.say("--slack", "nowhere/slack.json").exit_code == 5
    world.claim()
    failed = world.say("--slack", "nowhere/slack.json")
    assert failed.exit_code == 10
    assert "the message for Slack could not be written" in failed.output


def test_names_and_periods_are_those_of_the_table(world: World) -> None:
    strange = world.say("maxi")
    assert strange.exit_code == 1
    assert "no such report" in strange.output
    other = world.say("--period", "2026-09")
    assert other.exit_code == 3
    assert "there is no page" in other.output
    world.set('name = "mini"', 'name = "mini"\ndeliver = { to = [] }')
    assert world.say("mini").exit_code == 9
    assert world.say().exit_code == 9
    world.set(
        "deliver = { to = [] }", 'deliver = { to = ["DORA@example.org", "dora@example.org"] }'
    )
    assert world.say().exit_code == 0
    assert [to for to, _ in world.keeper.taken if to != [WARDEN]] == [["DORA@example.org"]]


def test_a_mail_that_is_too_large_is_not_sent(world: World) -> None:
    keeper = Keeper()
    with mail_server(keeper, data_size_limit=500) as port:
        world.listen(port)
        result = world.say()
    assert result.exit_code == 10
    assert "the mail is larger than the server takes" in result.output
    assert "at most 500" in result.output
    assert keeper.to(TO[0]) == 0


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


def test_a_password_goes_over_an_encrypted_line_only(
    world: World, authority: trustme.CA, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.cert_pem.write_to_path(str(world.root / "ca.pem"))
    monkeypatch.setenv("CXREPORT_SMTP_USER", "reports")
    assert "a name and its password go together" in world.say().output
    monkeypatch.setenv("CXREPORT_SMTP_PASSWORD", PASSWORD)
    assert "a password is not sent over an open line" in world.say().output
    assert world.keeper.talks == 0
    keeper = Keeper()
    with mail_server(keeper, tls_context=context) as port:
        world.listen(port)
        world.set('security = "none"', 'security = "starttls"')
        world.set("timeout = 0.5", "timeout = 9")  # a refused login is answered late
        result = world.say()
        assert result.exit_code == 10
        assert "the certificate of the mail server is not trusted" in result.output
        monkeypatch.setenv("SSL_CERT_FILE", str(world.root / "ca.pem"))
        monkeypatch.setenv("CXREPORT_SMTP_PASSWORD", "wrong horse")
        result = world.say()
        assert result.exit_code == 10
        assert "refuses CXREPORT_SMTP_USER and CXREPORT_SMTP_PASSWORD" in result.output
        assert "wrong horse" not in result.output
        assert keeper.taken == []
        monkeypatch.setenv("CXREPORT_SMTP_PASSWORD", PASSWORD)
        assert world.say().exit_code == 0
    assert [keeper.to(address) for address in TO] == [1, 1, 1]
    files = [
        p for p in world.root.rglob("*") if p.is_file() and PASSWORD.encode() in p.read_bytes()
    ]
    assert files == []


def test_a_log_remembers_each_page_and_receiver(tmp_path: Path) -> None:
    with open_log(tmp_path) as log:
        log.note("mini/2026-09", ["a"], "1", SENT, "then")
        log.note("mini/2026-10", ["a", "b"], "2", SENT, "now")
    with open_log(tmp_path) as log:
        assert log.state("mini/2026-10", "a", "2") == SENT
        assert log.state("mini/2026-10", "a", "1") == ""
        assert log.state("mini/2026-09", "a", "1") == SENT
        assert log.had_earlier("mini/2026-10", "b")
        assert not log.had_earlier("mini/2026-09", "b")


def test_every_command_of_the_guide_runs(world: World) -> None:
    assert len(commands("docs/deliver.md")) == 3
    for command in commands("docs/deliver.md"):
        assert command.startswith("cxreport deliver")
        assert world.say(*command.split()[2:]).exit_code == 0, command
    for reason in Reason:
        assert f"| {reason.value} `{reason.word}` |" in text_of("docs/deliver.md")
