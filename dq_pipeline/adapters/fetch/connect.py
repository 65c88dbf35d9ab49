"""fsspec's file system for a location: never cached, with time limits, and no server trusted unseen."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from dq_pipeline.adapters.fetch.failures import Refused
from dq_pipeline.adapters.fetch.location import Location
from dq_pipeline.errors import ConfigurationError

CONNECT_SECONDS = 30
SILENCE_SECONDS = 60
# Where the package on the index is not called like the module that is missing.
_PACKAGES = {"smbclient": "smbprotocol", "dvc": "dvc"}


def connect(location: Location, environment: Mapping[str, str]) -> tuple[Any, str]:
    """`(file system, path of the folder in it)`. Options are those of the URL, then fsspec's configuration
    (`FSSPEC_*`, `~/.config/fsspec`), then the defaults here.

    Raises ConfigurationError for a protocol that is unknown or whose package is not installed, and whatever the
    protocol's library raises for a server that cannot be reached.
    """
    import fsspec
    from fsspec.config import apply_config

    try:
        kind = fsspec.get_filesystem_class(location.protocol)
    except (ImportError, ValueError) as error:
        raise _unavailable(location, error) from None
    options = {**_defaults(location, environment), **apply_config(kind, {}), **_of_url(kind, location)}
    url = location.url
    if location.is_http:
        url, credentials = _without_user_info(url)
        options["client_kwargs"] = _http_client(options.get("client_kwargs", {}), credentials)
    filesystem = kind(skip_instance_cache=True, **options)
    if location.is_sftp:
        filesystem.ftp.get_channel().settimeout(SILENCE_SECONDS)
    path = filesystem._strip_protocol(url)
    return filesystem, path.rstrip("/") + "/" if location.is_http else path.rstrip("/") or "/"


def _of_url(kind: Any, location: Location) -> dict[str, Any]:
    options = dict(kind._get_kwargs_from_urls(location.url))
    return {key: unquote(value) if key in ("username", "password") else value for key, value in options.items()}


def _defaults(location: Location, environment: Mapping[str, str]) -> dict[str, Any]:
    if location.is_sftp:
        limits = dict.fromkeys(("timeout", "banner_timeout", "auth_timeout", "channel_timeout"), CONNECT_SECONDS)
        return {**limits, "host_key_policy": _known_hosts_only(environment)}
    if location.is_http:
        return {"simple_links": False}
    return {"timeout": SILENCE_SECONDS} if location.protocol == "ftp" else {}


def _without_user_info(url: str) -> tuple[str, dict[str, str]]:
    """A web URL without its user and password, which fsspec would log, and the header that carries them instead.

    aiohttp drops that header when it is redirected to another server.
    """
    parts = urlsplit(url)
    user_info, at, host = parts.netloc.rpartition("@")
    if not at:
        return url, {}
    user, _, password = (unquote(part) for part in user_info.partition(":"))
    basic = base64.b64encode(f"{user}:{password}".encode()).decode()
    return parts._replace(netloc=host).geturl(), {"Authorization": f"Basic {basic}"}


def _http_client(configured: Mapping[str, Any], credentials: Mapping[str, str]) -> dict[str, Any]:
    """A compressed answer would have another length than the file."""
    import aiohttp

    timeout = aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_SECONDS, sock_read=SILENCE_SECONDS)
    headers = {"Accept-Encoding": "identity", **configured.get("headers", {}), **credentials}
    return {"timeout": timeout, **configured, "headers": headers}


def _known_hosts_only(environment: Mapping[str, str]) -> Any:
    """Trust the servers that OpenSSH trusts: fsspec's own default is to trust whoever answers first."""
    import paramiko

    files = (Path(environment.get("HOME", "/")) / ".ssh" / "known_hosts", Path("/etc/ssh/ssh_known_hosts"))

    class KnownHostsOnly(paramiko.MissingHostKeyPolicy):  # type: ignore[misc]
        def missing_host_key(self, client: Any, hostname: str, key: Any) -> None:
            known = paramiko.HostKeys()
            for file in files:
                if file.is_file():
                    known.load(str(file))
            if not known.check(hostname, key):
                raise Refused(
                    f"the server's host key ({key.get_name()}) is not the one in ~/.ssh/known_hosts, or none is there",
                    "have the key confirmed by whoever runs the server, then add it (ssh-keyscan prints the line)",
                )

    return KnownHostsOnly()


def _unavailable(location: Location, error: Exception) -> ConfigurationError:
    from fsspec.registry import known_implementations

    known = known_implementations.get(location.protocol)
    if known is None:
        return ConfigurationError(
            f"no protocol is called {location.protocol!r}", where=location.shown, fix="correct the contract's location"
        )
    module = known["class"].split(".")[0]
    if module == "fsspec":
        module = getattr(error.__cause__, "name", None) or location.protocol
    package = _PACKAGES.get(module, module).replace("_", "-")
    return ConfigurationError(
        f"{location.protocol} needs the package {package}, which is not installed",
        where=location.shown,
        fix=f"install it: pip install {package}",
    )
