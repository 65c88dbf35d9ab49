"""Messages out of the house, through Apprise: one URL reaches mail, chat, or any web hook.

A URL may hold a password or a token: it is never logged, stored or shown; a target is named by the kind of its URL and
a short digest. A target that fails, hangs or sends elsewhere costs a few seconds and no more.
"""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from time import monotonic
from typing import Any

from dq_pipeline.domain.alerts import Message

SETTING = "DQ_ALERT_URLS"
FILE = "alert_urls"

# A comma or blank parts two URLs only where another one begins: URLs may hold commas.
_BETWEEN_URLS = re.compile(r"[,\s]+(?=[A-Za-z][A-Za-z0-9+.-]*://)")
_LINE = re.compile(r"(?:(?P<owner>[\w.-]+)\s*=\s*)?(?P<url>[A-Za-z][A-Za-z0-9+.-]*://.*)")


@dataclass(frozen=True)
class Target:
    """Where messages go; with an `owner` only what that owner answers for."""

    url: str = field(repr=False)
    owner: str = ""

    @property
    def name(self) -> str:
        """The target without its secrets."""
        scheme = re.match(r"[a-z]{1,16}(?=://)", self.url.lower())
        return f"{scheme[0] if scheme else 'unknown'}-{hashlib.sha256(self.url.encode()).hexdigest()[:8]}"


def read_targets(environment: Mapping[str, str], home: Path) -> tuple[Target, ...]:
    """The targets of DQ_ALERT_URLS (parted by commas) and of the file `alert_urls` in `home`, each once.

    The file has a URL a line, with `owner =` before it where it is only for one; `#` begins a comment.
    """
    given = [Target(url) for url in _BETWEEN_URLS.split(environment.get(SETTING, "").strip(" ,\n")) if url]
    try:
        lines = (home / FILE).read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        lines = []
    except OSError:
        lines = [f"{FILE} cannot be read"]  # a target that fails is seen, and fails no run
    for line in (line.strip() for line in lines):
        if line and not line.startswith("#"):
            found = _LINE.fullmatch(line)
            given.append(Target(found["url"], found["owner"] or "") if found else Target(line))
    return tuple(dict.fromkeys(given))


def deliver(batches: Mapping[Target, Sequence[Message]], *, seconds: float) -> dict[Target, int]:
    """Send each target its messages, in order; how many of them arrived, the first ones.

    Targets are served at the same time, and a target is left at its first failure. After `seconds` whatever has not
    been answered counts as failed: a server that hangs, or answers a byte a second, does not hold a run back.
    """
    services = {target: _service(target) for target in batches}
    arrived = dict.fromkeys(batches, 0)
    threads = [
        Thread(target=_send, args=(target, service, batches[target], arrived), daemon=True)
        for target, service in services.items()
        if service
    ]
    for thread in threads:
        thread.start()
    end = monotonic() + seconds
    for thread in threads:
        thread.join(max(0.0, end - monotonic()))
    return dict(arrived)


def _send(target: Target, service: Any, batch: Sequence[Message], arrived: dict[Target, int]) -> None:
    """Apprise itself catches what goes wrong; whatever a plug-in lets through is a failure too, and its words, which
    may hold the URL, are dropped."""
    with suppress(Exception):
        for message in batch:
            if not service.notify(title=message.title, body=message.body):
                return
            arrived[target] += 1


def _service(target: Target) -> Any:
    """The Apprise service of a URL, None where it knows none.

    Redirects are not followed: a POST that is redirected arrives as a GET at another address, and counts as sent.
    """
    import apprise

    # They log hosts and paths, and a path is the secret of many a hook; nothing of that is to reach a log of ours.
    for name in ("apprise", "urllib3.connectionpool"):
        logging.getLogger(name).disabled = True
    asset = apprise.AppriseAsset(
        app_id="dq-pipeline",
        app_desc="data quality",
        app_url="",
        image_url_mask="",
        image_url_logo="",
        http_redirects=False,
        async_mode=False,
    )
    with suppress(Exception):
        service = apprise.Apprise(asset=asset)
        return service if service.add(target.url) else None
    return None
