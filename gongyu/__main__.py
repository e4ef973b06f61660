"""``python -m gongyu`` is the ``gongyu`` command."""

from gongyu.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
