"""Real engines beside DuckDB: a PostgreSQL of its own on this machine, and a local Spark."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import ibis
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

NEEDED = os.environ.get("CXREPORT_ENGINES") == "needed"
"""Set by ``make test-engines``: an engine that is not there fails, where it is skipped else."""
PROGRAMS = [Path("/usr/lib/postgresql"), Path("/usr/local/bin"), Path("/usr/bin")]


def absent(what: str) -> None:
    """Pass over an engine that is not there, or fail where it has to be."""
    (pytest.fail if NEEDED else pytest.skip)(f"{what}: make test-engines installs it")


def program(name: str) -> str:
    """Return where a program of the PostgreSQL server is."""
    places = [path for root in PROGRAMS for path in sorted(root.glob(f"[0-9]*/bin/{name}"))]
    where = places[-1] if places else shutil.which(name)
    if where is None:
        absent("no PostgreSQL server")
    return str(where)


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@contextmanager
def running_postgres(folder: Path) -> Iterator[ibis.BaseBackend]:
    """Start a server on loopback with its own data, and stop it at the end."""
    folder.mkdir()
    account = None
    if os.getuid() == 0:  # the server refuses to run as root
        account = pwd.getpwnam("postgres")
        os.chown(folder, account.pw_uid, account.pw_gid)
    port = free_port()

    def call(name: str, *options: str) -> None:
        subprocess.run(
            [program(name), "-D", f"{folder}/data", *options],
            check=True, cwd=folder, user=account and account.pw_uid,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    tongue = ["--locale=C.UTF-8", "-E", "UTF8", "--locale-provider=icu", "--icu-locale=it-IT"]
    call("initdb", "-U", "reader", "--auth=trust", "--no-sync", *tongue)
    where = f"-h 127.0.0.1 -p {port} -k {folder}"
    call("pg_ctl", "-w", "-l", f"{folder}/log", "-o", where, "start")
    try:
        backend = ibis.connect(f"postgres://reader@127.0.0.1:{port}/postgres")
        yield backend
        backend.disconnect()
    finally:
        call("pg_ctl", "-m", "immediate", "stop")


@contextmanager
def running_spark(folder: Path) -> Iterator[ibis.BaseBackend]:
    """Start Spark in one process of its own, and stop it at the end."""
    if shutil.which("java") is None:
        absent("no Java")
    if find_spec("pyspark") is None:
        absent("no pyspark")
    sql = import_module("pyspark.sql")
    settings = {
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.local.dir": str(folder),
        "spark.sql.warehouse.dir": str(folder / "warehouse"),
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.shuffle.partitions": "1",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
    }
    builder = sql.SparkSession.builder.master("local[2]")
    for name, value in settings.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    try:
        yield ibis.pyspark.connect(session)
    finally:
        session.stop()


@pytest.fixture(scope="session", params=["postgres", "spark"])
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ibis.BaseBackend]:
    """Return each engine in turn, started once."""
    # Paths of sockets are short, and the server's own account has to reach the folder.
    if request.param == "postgres":
        if find_spec("psycopg") is None:
            absent("no psycopg")
        with TemporaryDirectory(prefix="cx-pg-") as top:
            Path(top).chmod(0o711)
            with running_postgres(Path(top) / "server") as backend:
                yield backend
    else:
        with running_spark(tmp_path_factory.mktemp("spark")) as backend:
            yield backend
