"""Where a source's extracts are fetched from: the URL of its contract, filled in from the environment."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, urlsplit

from dq_pipeline.domain.contract import Contract
from dq_pipeline.domain.extracts import printable
from dq_pipeline.errors import ConfigurationError

_VARIABLE = re.compile(r"\$\{(\w+)\}")
_USER_INFO = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://([^/?#]*)@")


@dataclass(frozen=True)
class Location:
    """A remote folder. `url` may hold a password and is shown nowhere; `shown` is for messages and tables."""

    url: str = field(repr=False)
    protocol: str
    shown: str

    @property
    def is_http(self) -> bool:
        return self.protocol in ("http", "https")

    @property
    def is_sftp(self) -> bool:
        return self.protocol in ("sftp", "ssh")


def resolve_location(contract: Contract, environment: Mapping[str, str]) -> Location:
    """The contract's `location`, each `${NAME}` replaced by the variable of that name.

    A variable in the part before `@` is quoted, so that a password may hold any character. Raises
    ConfigurationError, naming contract and variables, when one is not set or the result is not a URL or a path.
    """
    where = f"contract {contract.id}, servers, location"
    unset = sorted({name for name in _VARIABLE.findall(contract.location) if not environment.get(name)})
    if unset:
        raise ConfigurationError(
            f"not set in the environment: {', '.join(unset)}",
            where=where,
            fix="set it for the process that runs the pipeline, or remove it from the location",
        )
    url = _filled_in(contract.location, environment)
    try:
        parts = urlsplit(url)
        _ = parts.port  # a port that is no number is only found when asked for
    except ValueError:
        raise ConfigurationError("is not a URL", where=where, fix="correct it, or the variables in it") from None
    if parts.scheme in ("http", "https") and (parts.query or parts.fragment):
        raise ConfigurationError(
            "has a query or a fragment, which the listing of a folder cannot have",
            where=where,
            fix='send a token as a header: FSSPEC_HTTP={"client_kwargs": {"headers": {"Authorization": "Bearer …"}}}',
        )
    if "://" not in url:
        return Location(url, "file", printable(url))
    host = parts.netloc.rsplit("@", 1)[-1]
    return Location(url, parts.scheme, printable(f"{parts.scheme}://{host}{parts.path.rstrip('/')}"))


def _filled_in(template: str, environment: Mapping[str, str]) -> str:
    user_info = _USER_INFO.match(template)
    end_of_user_info = user_info.end(1) if user_info else 0

    def value(variable: re.Match[str]) -> str:
        text = environment[variable[1]]
        return quote(text, safe="") if variable.end() <= end_of_user_info else text

    return _VARIABLE.sub(value, template)
