"""What every value read from a district's folder has in common."""

from pydantic import BaseModel, ConfigDict


class Entry(BaseModel):
    """A frozen value that refuses unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class UpperEntry(Entry):
    """An entry whose keys are written in capitals in the file and in small letters in code."""

    model_config = ConfigDict(alias_generator=str.upper)
