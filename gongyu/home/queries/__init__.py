"""What the front page and the first pages read; every figure is counted from records."""

from .blocks import Block, Row, TodayPage
from .front import FrontPage, front_page
from .today import today_page

__all__ = ["Block", "FrontPage", "Row", "TodayPage", "front_page", "today_page"]
