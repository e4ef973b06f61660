"""The ``gongyu`` command."""


def main() -> None:
    raise SystemExit("see --help")
