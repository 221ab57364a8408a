"""What does a calendar say of a show, in its readers' language? Labels before facts, which need no grammar."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarWords:
    """The sentences of one language; `locale` is whose way of writing days is taken."""

    locale: str
    live: str
    at_the_show: str
    moved: str
    cancelled: str
    cancelled_mark: str
    """Before the title: some programs show a cancelled event like any other."""
    watch: str
    rehearsal_mark: str


WORDS: Mapping[str, CalendarWords] = {
    "en": CalendarWords(
        locale="en_GB",
        live="Live",
        at_the_show="At the show's place",
        moved="Moved; it was planned for",
        cancelled="This show is cancelled.",
        cancelled_mark="CANCELLED",
        watch="Watch",
        rehearsal_mark="REHEARSAL",
    ),
    "ru": CalendarWords(
        locale="ru",
        live="Прямой эфир",
        at_the_show="По времени места проведения",
        moved="Перенесено; планировалось на",
        cancelled="Это шоу отменено.",
        cancelled_mark="ОТМЕНЕНО",
        watch="Смотреть",
        rehearsal_mark="РЕПЕТИЦИЯ",
    ),
    "kk": CalendarWords(
        locale="kk",
        live="Тікелей эфир",
        at_the_show="Өтетін жердің уақытымен",
        moved="Уақыты өзгерді; бұрын жоспарланған уақыты",
        cancelled="Бұл шоу өтпейді.",
        cancelled_mark="ӨТПЕЙДІ",
        watch="Көру",
        rehearsal_mark="РЕПЕТИЦИЯ",
    ),
}
LANGUAGES = tuple(WORDS)


def words_of(language: str) -> CalendarWords:
    """The words of that language, or of the one that it is a kind of; English where there are none."""
    return WORDS.get(language) or WORDS.get(language.partition("-")[0].lower(), WORDS["en"])
