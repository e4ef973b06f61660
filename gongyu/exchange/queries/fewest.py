"""From how many answers on an average or a share is shown; one number for all pages."""

from typing import Final

FEWEST: Final = 5  # fewer would point at the people behind them
