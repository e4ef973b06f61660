"""The engine without the product: needs and sessions from spreadsheets, the plan back into one.

Nothing here needs a database. Sentences are translated when they are said, so Django must be set
up by then; importing asks for nothing.
"""
