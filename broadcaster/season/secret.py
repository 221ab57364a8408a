"""How is a password or key carried about so that it cannot be printed?"""


class Secret(str):
    """A string that does not print: `str()`, `repr()` and formatting give dots; `reveal()` gives the value."""

    __slots__ = ()

    def reveal(self) -> str:
        """The value itself, for the wire only."""
        return str.__str__(self)

    def __str__(self) -> str:
        return "••••"

    def __repr__(self) -> str:
        return "Secret('••••')"

    def __format__(self, spec: str) -> str:
        return format("••••", spec)
