"""The ``gongyu`` command."""

import argparse
import io
import os
import signal
import subprocess
import sys
import unicodedata
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from gongyu import serving
from gongyu.exchange.files import arguments

if TYPE_CHECKING:
    from gongyu.core.doctor import Finding

PURPOSE = "Gongyu 共育: a district's platform for bringing up children together."
EXAMPLES = """\
examples:
  gongyu serve --demo               try the product on the demo district, at http://127.0.0.1:8000
  gongyu serve --port 8100          serve your own district on another port
  gongyu demo --date 2026-11-24     build the demo district as it would stand on that day
  gongyu demo --fresh               throw the demo district away and build it again
  gongyu match needs.xlsx sessions.xlsx -o plan.xlsx
                                    match two spreadsheets, without database or server
  gongyu topics suggest TEXT        which topics plain words mean
  gongyu doctor                     what is wrong here, and how to mend it
  gongyu manage createsuperuser     Django's own commands

Data lives in the folder GONGYU_HOME (default: var beside the package); DATABASE_URL names a
PostgreSQL database instead of the SQLite file in it. All variables: docs/operating.md.
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; the answer is the exit code (2: it was asked for wrongly)."""
    words = list(sys.argv[1:] if argv is None else argv)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gongyu.config.settings")
    if words[:1] == ["manage"]:
        from django.core.management import execute_from_command_line

        execute_from_command_line(["gongyu manage", *words[1:]])
        return 0
    parser = _parser()
    asked = parser.parse_args(words)
    if not asked.command:
        parser.print_help()
        return 0
    # A terminal that cannot show a character gets a question mark and not an error.
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    commands = {
        "serve": _serve,
        "worker": _worker,
        "demo": _demo,
        "match": _match,
        "topics": _topics,
        "doctor": _doctor,
    }
    try:
        code = commands[asked.command](asked)
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever was reading (head, less) has had enough. What is still buffered goes nowhere, or
        # the interpreter would complain of it on its way out.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 128 + signal.SIGPIPE
    except serving.ServingError as refusal:
        print(f"gongyu {asked.command}: {refusal}", file=sys.stderr)
        return refusal.exit_code
    except KeyboardInterrupt:
        return 130
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="gongyu",
        description=PURPOSE,
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands")

    serve = commands.add_parser(
        "serve",
        help="run the web server and the background worker together",
        description="Apply migrations, collect static files when they changed, and run the web "
        "server and the background worker together until Ctrl-C.",
    )
    serve.add_argument(
        "--demo", action="store_true", help="demo mode; builds the district if there is no data"
    )
    serve.add_argument("--host", default="127.0.0.1", help="address to listen on (%(default)s)")
    serve.add_argument(
        "--port",
        type=_port,
        default=os.environ.get("PORT") or "8000",
        help="port to listen on (PORT, else 8000)",
    )
    serve.add_argument(
        "--workers", type=int, default=1, help="web processes; more than 1 wants PostgreSQL (1)"
    )

    commands.add_parser(
        "worker",
        help="run one more background worker",
        description="Do the tasks of the queue until stopped. gongyu serve already runs one.",
    )

    demo = commands.add_parser(
        "demo",
        help="build the demo district",
        description="Build the demo district in an empty database: real places, made-up people.",
    )
    demo.add_argument(
        "--date", type=_day, metavar="YYYY-MM-DD", help="the day it stands on (default: today)"
    )
    demo.add_argument("--seed", type=int, default=241, help="another seed, other people (241)")
    demo.add_argument(
        "--fresh", action="store_true", help="empty the demo database first; all in it is lost"
    )

    commands.add_parser(
        "doctor",
        help="say what is wrong with this installation and how to mend it",
        description="Check settings, secret key, disk, database, static files, worker and clock. "
        "Changes nothing; exit code 1 if anything is wrong.",
    )
    arguments.add_match(commands)
    arguments.add_topics(commands)
    commands.add_parser("manage", help="pass the rest to Django (gongyu manage help)")
    return parser


def _port(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port; give a number from 1 to 65535")
    return int(text)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a day; write it as 2026-11-24") from None


def _django() -> None:
    import django

    django.setup()


# serve


def _serve(asked: argparse.Namespace) -> int:
    if asked.demo:
        os.environ["GONGYU_DEMO"] = "1"
    serving.refuse_taken_port(asked.host, asked.port)
    _django()
    _migrate()
    _collect()
    if asked.demo:
        _build_if_empty()
    where = serving.address(asked.host, asked.port)
    household = serving.Household(
        [serving.web(asked.host, asked.port, asked.workers), serving.worker()],
        health=f"{where}/health/",
        ready=lambda: _greet(where),
    )
    household.run()
    print("Gongyu has stopped.")
    return 0


def _migrate() -> None:
    """Apply what is waiting. Asking first is four times as fast as migrating to no effect."""
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor
    from django.db.utils import OperationalError

    try:
        executor = MigrationExecutor(connection)
    except OperationalError as error:
        raise serving.ServingError(
            f"The database cannot be reached: {str(error).splitlines()[0]}. "
            "gongyu doctor says more."
        ) from error
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        print("Preparing the database …", flush=True)
        call_command("migrate", interactive=False, verbosity=0)


def _collect() -> None:
    from django.conf import settings

    from gongyu.core import assets

    if settings.DEBUG or assets.are_collected():
        return
    print("Collecting static files …", flush=True)
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    # In a process of its own: which storage is used is settled when the settings are read.
    command = [sys.executable, "-m", "gongyu", "manage", "collectstatic"]
    subprocess.run([*command, "--noinput", "--clear", "-v", "0"], check=True)  # noqa: S603
    assets.mark_collected()


def _greet(where: str) -> None:
    from django.conf import settings
    from django.urls import reverse

    print(f"\nGongyu 共育 · {settings.DISTRICT_NAME}: {where}\n")
    if settings.DEMO:
        from gongyu.demo.roles import DEMO_ROLES

        print(f"Sign in with one click at {where}{reverse('accounts:sign_in')} as")
        for role in DEMO_ROLES:
            print(f"  {role.label}{' ' * (14 - _columns(role.label))}{role.detail}")
        print()
    print("Ctrl-C stops it.", flush=True)


def _columns(text: str) -> int:
    """Columns of a terminal that the text takes: a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


# worker


def _worker(asked: argparse.Namespace) -> int:
    _django()
    from gongyu.core import worker

    worker.run()
    return 0


# demo


def _demo(asked: argparse.Namespace) -> int:
    os.environ["GONGYU_DEMO"] = "1"
    if asked.date:
        os.environ["GONGYU_DATE"] = asked.date.isoformat()
    _django()
    _migrate()
    if asked.fresh:
        _empty()
    elif _has_data():
        raise serving.ServingError(
            "There is data already. gongyu demo --fresh throws a demo district away and builds it "
            "again; for a second one, set GONGYU_HOME to another folder."
        )
    _build(asked.date, asked.seed)
    return 0


def _has_data() -> bool:
    from gongyu.accounts.models import User
    from gongyu.places.models import Organization

    return User.objects.exists() or Organization.objects.exists()


def _empty() -> None:
    """Only ever a demo: a district's own data is not thrown away by a command."""
    from django.core.management import call_command

    from gongyu.accounts.models import User
    from gongyu.demo.roles import DEMO_ROLES

    names = [role.username for role in DEMO_ROLES]
    if _has_data() and not User.objects.filter(username__in=names).exists():
        raise serving.ServingError(
            "This database holds no demo district, so --fresh leaves it alone. "
            "Set GONGYU_HOME (or DATABASE_URL) to another place for the demo."
        )
    call_command("flush", interactive=False, verbosity=0)


def _build_if_empty() -> None:
    if not _has_data():
        _build(None, 241)


def _build(day: date | None, seed: int) -> None:
    """All or nothing: a district half built is not left behind."""
    from django.db import transaction

    from gongyu.demo.build import build_district

    print("Building the demo district …", flush=True)
    with transaction.atomic():
        build_district(day, seed, progress=lambda step: print(f"  {step}", flush=True))


# match, topics: the engines without the product


def _match(asked: argparse.Namespace) -> int:
    _django()
    from gongyu.engines.matching import Options
    from gongyu.exchange.files import run_match

    options = Options(asked.fairness, asked.seed, asked.time_limit, asked.exact)
    files = (asked.needs, asked.sessions, asked.output)
    parts = asked.parts
    if parts is None and (asked.workers or asked.cluster):
        parts = 0
    return run_match.run(
        run_match.Asked(
            *files, options, asked.pairs, asked.json, parts, asked.workers or 1, asked.cluster
        )
    )


def _topics(asked: argparse.Namespace) -> int:
    if not asked.texts and asked.file is None:
        raise serving.ServingError("give a TEXT, or a --file with a text a line.")
    _django()
    from gongyu.exchange.files import run_topics

    return run_topics.run(asked.texts, asked.file)


# doctor


def _doctor(asked: argparse.Namespace) -> int:
    _django()
    from gongyu.core.doctor import examine

    findings = []
    for finding in examine():
        findings.append(finding)
        print(_line(finding), flush=True)
    trouble = [finding for finding in findings if not finding.is_well]
    if not trouble:
        print("\nAll is well.")
        return 0
    things = "thing is" if len(trouble) == 1 else "things are"
    print(f"\n{len(trouble)} {things} wrong; each line above says how to mend it.")
    return 1


def _line(finding: "Finding") -> str:
    mark = "✓" if finding.is_well else "✗"
    line = f"{mark} {finding.what:<13} {finding.says}"
    return f"{line}\n{'':16}→ {finding.mend}" if finding.mend else line
