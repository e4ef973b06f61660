"""Gongyu 共育: a district's platform for bringing up children together."""

__version__ = "0.1.0"
