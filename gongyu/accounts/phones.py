"""Phone numbers as people type them."""

import phonenumbers


def normalise(text: str) -> str | None:
    """A mainland number in E.164 (+8613800000000), or None if ``text`` is not one."""
    try:
        number = phonenumbers.parse(text.strip(), "CN")
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
