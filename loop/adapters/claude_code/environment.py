"""What Claude Code is told of this computer: enough to log in, nothing that is none of its business."""

from __future__ import annotations

import re
from collections.abc import Mapping

from loop.adapters.models.hosted.addresses import past_proxies
from loop.adapters.process import is_secret

QUIET = {
    "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
    "DISABLE_AUTOUPDATER": "1",
    "DISABLE_TELEMETRY": "1",
    "DISABLE_ERROR_REPORTING": "1",
    # The writer's own notes to Claude Code, and what it learned elsewhere, must not shape a draft.
    "CLAUDE_CODE_DISABLE_CLAUDE_MDS": "1",
    "CLAUDE_CODE_DISABLE_AUTO_MEMORY": "1",
    "CLAUDE_CODE_DISABLE_BACKGROUND_TASKS": "1",
    "CLAUDE_CODE_ENTRYPOINT": "sdk-py",
}
"""Set for every session, whatever the user's environment says."""
RETRIES = "CLAUDE_CODE_MAX_RETRIES"
FEW_RETRIES = "3"
"""Left alone it tries ten times, a key that is refused as well: minutes in which nothing seems to happen."""

_KEPT = frozenset(
    """
    HOME USER LOGNAME SHELL PATH LANG LANGUAGE TZ TMPDIR TEMP TMP DBUS_SESSION_BUS_ADDRESS
    SYSTEMROOT SYSTEMDRIVE WINDIR COMSPEC PATHEXT USERPROFILE HOMEDRIVE HOMEPATH APPDATA LOCALAPPDATA
    PROGRAMDATA PROGRAMFILES
    HTTP_PROXY HTTPS_PROXY ALL_PROXY NO_PROXY NODE_EXTRA_CA_CERTS SSL_CERT_FILE SSL_CERT_DIR
    API_TIMEOUT_MS MAX_THINKING_TOKENS
    CLAUDE_CONFIG_DIR CLAUDE_CODE_OAUTH_TOKEN CLAUDE_CODE_CERT_STORE
    CLAUDE_CODE_CLIENT_CERT CLAUDE_CODE_CLIENT_KEY CLAUDE_CODE_CLIENT_KEY_PASSPHRASE
    CLAUDE_CODE_DISABLE_EXPERIMENTAL_BETAS CLAUDE_CODE_EFFORT_LEVEL CLAUDE_CODE_GIT_BASH_PATH
    CLAUDE_CODE_MAX_OUTPUT_TOKENS CLAUDE_CODE_MAX_RETRIES
    """.split()
)
_KEPT_FAMILIES = ("ANTHROPIC_", "LC_", "XDG_")
_DROPPED = frozenset({"ANTHROPIC_LOG"})
"""Prints whole requests, key and all."""
_CLOUDS: Mapping[str, tuple[str, ...]] = {
    "CLAUDE_CODE_USE_BEDROCK": ("AWS_",),
    "CLAUDE_CODE_USE_ANTHROPIC_AWS": ("AWS_",),
    "CLAUDE_CODE_USE_VERTEX": ("GOOGLE_", "GCLOUD_", "CLOUDSDK_", "CLOUD_ML_", "VERTEX_"),
    "CLAUDE_CODE_USE_FOUNDRY": ("AZURE_",),
}
"""A cloud's credentials are handed on only where the user says that Claude comes from there."""
_SKIPS = re.compile(r"CLAUDE_CODE_SKIP_[A-Z_]+_AUTH")
_KEY = re.compile(r"sk-[A-Za-z0-9_-]{8,}")
_SHORTEST_SECRET = 8


def child_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment of Claude Code.

    Kept is what it needs to run and to log in; git's variables, other programs' keys, and the marks of a
    session that redraft itself was started from are not.
    """
    families = (*_KEPT_FAMILIES, *(one for switch in clouds(environment) for one in _CLOUDS[switch]))
    kept = {name: value for name, value in environment.items() if _kept(name, families)}
    kept.setdefault(RETRIES, FEW_RETRIES)
    return kept | past_proxies(kept.get("ANTHROPIC_BASE_URL", ""), kept) | QUIET


def without_keys(text: str, environment: Mapping[str, str]) -> str:
    """A text of Claude Code or its server that can be shown: nothing in it is a key."""
    for name, value in environment.items():
        if len(value) >= _SHORTEST_SECRET and is_secret(name):
            text = text.replace(value, "…")
    return _KEY.sub("…", text)


def _kept(name: str, families: tuple[str, ...]) -> bool:
    upper = name.upper()  # proxies are written in small letters as well, and Windows does not care
    if upper in _DROPPED:
        return False
    return (
        upper in _KEPT
        or upper in _CLOUDS
        or upper.startswith(families)
        or _SKIPS.fullmatch(upper) is not None
    )


def clouds(environment: Mapping[str, str]) -> tuple[str, ...]:
    """The switches that are on: with one of them it asks that cloud, whatever address is given."""
    return tuple(
        switch
        for switch in _CLOUDS
        if environment.get(switch, "").lower() not in {"", "0", "false", "no", "off"}
    )
