"""What the front page and the first pages read; every figure is counted from records."""

from .front import FrontPage, front_page
from .today import Block, Row, TodayPage, today_page

__all__ = ["Block", "FrontPage", "Row", "TodayPage", "front_page", "today_page"]
