"""Pure-Python engines: no Django, no I/O, nothing else of gongyu."""
