"""Numbers in sentences. What the sentences say is decided where they are written."""


def counted(count: int, noun: str, many: str = "") -> str:
    """ "1 frame", "12 frames"; `many` is the plural where it is not the noun with an s."""
    return f"{count} {noun if count == 1 else many or noun + 's'}"
