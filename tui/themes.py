"""The themes of the desk: two dark, two light, beside those that come with Textual."""

from __future__ import annotations

from textual.theme import Theme

_READABLE = {"text-muted": "auto 70%", "text-disabled": "auto 60%"}
"""What recedes can still be read by everybody: Textual's own are fainter."""

THEMES: tuple[Theme, ...] = (
    Theme(
        name="ink",
        primary="#7aa2d6",
        secondary="#b8a1d9",
        accent="#e0b46a",
        success="#8fc98f",
        warning="#e0b46a",
        error="#e88a80",
        foreground="#dcd9d2",
        background="#16181d",
        surface="#1b1e24",
        panel="#252932",
        dark=True,
        variables=_READABLE,
    ),
    Theme(
        name="paper",
        primary="#28588f",
        secondary="#6a4a94",
        accent="#9a5b00",
        success="#22703a",
        warning="#8a5a00",
        error="#a9281e",
        foreground="#22211f",
        background="#fbf9f4",
        surface="#f5f1e8",
        panel="#e7e1d3",
        dark=False,
        variables={**_READABLE, "footer-key-foreground": "#754500"},
    ),
    Theme(
        name="night",
        primary="#9ecbff",
        secondary="#d8bfff",
        accent="#ffd27a",
        success="#9df0a5",
        warning="#ffd27a",
        error="#ff9d94",
        foreground="#ffffff",
        background="#000000",
        surface="#0a0a0a",
        panel="#242424",
        dark=True,
        variables=_READABLE,
    ),
    Theme(
        name="sepia",
        primary="#6b4b1f",
        secondary="#7a3f5c",
        accent="#8f5300",
        success="#46641f",
        warning="#8f5300",
        error="#992f1f",
        foreground="#3a2f22",
        background="#f3e9d6",
        surface="#ece0c9",
        panel="#ddceb1",
        dark=False,
        variables={**_READABLE, "footer-key-foreground": "#6d3f00"},
    ),
)
"""ink (dark), paper (light), night (dark, the most contrast), sepia (light, warm)."""
