"""The ways back: undo, redo, rollback and recall, each shown before it is done."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, ClassVar, cast

from textual.binding import Binding, BindingType

from loop.model import LogEntry
from tui.place import Place
from tui.shown import content
from tui.widgets.entries import past, version_of

if TYPE_CHECKING:
    from loop.model import Rule
    from loop.verbs import show
    from loop.verbs.parts.restoring import Looking, Restored

_TITLES = {"undo": "Undo", "redo": "Redo", "rollback": "Go back", "recall": "Remove a rule"}
_WILL = {"rollback": "go ", "recall": "leave the guide "}
"""What stands before an entry's subject that begins without a verb."""
_DONE = {
    "undo": ("take back “", "Taken back: “"),
    "redo": ("bring back “", "Brought back: “"),
    "recall": ("without ", "Your guide goes on without "),
}
"""How what is to be done begins, and what is said of it once it is done."""
_AFTER = {
    "undo": "U brings it back.",
    "redo": "u takes it back again.",
    "rollback": "u takes it back.",
    "recall": "u brings it back.",
}


class WaysBack(Place):
    """A place in which one goes back; `chosen` is the entry that is meant."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("u", "undo", "Undo", id="history.undo"),
        Binding("U", "redo", "Redo", id="history.redo", show=False),
        Binding("b", "rollback", "Go back", id="history.rollback"),
        Binding("r", "recall", "Remove a rule", id="history.recall", show=False),
    ]

    _going = False
    """A way back is being gone: no other key disturbs it."""

    @property
    def chosen(self) -> LogEntry | None:
        """The entry whose version one goes back to, and whose rules come first."""
        raise NotImplementedError

    def action_undo(self) -> None:
        """Take back the last change of the guidance."""
        from loop.verbs import undo

        self._look_first("undo", undo.Request())

    def action_redo(self) -> None:
        """Bring back what was undone."""
        from loop.verbs import redo

        self._look_first("redo", redo.Request())

    def action_rollback(self) -> None:
        """Go back to the version of the chosen entry."""
        from loop.verbs import rollback

        entry = self.chosen
        if entry is not None:
            self._look_first("rollback", rollback.Request(version=version_of(entry)))

    def action_recall(self) -> None:
        """Remove one rule: those of the chosen entry come first."""
        if not self._going:
            self.attempt(self._rules, self._choose_rule, group="back")

    async def _rules(self) -> tuple[Rule, ...]:
        from loop.verbs import show
        from pipelines.guide import number_rules, rules_of

        guide = cast("show.Result", await self.desk.perform("show", show.Request(guide=True)))
        return tuple(rules_of(number_rules(guide.text)))

    def _choose_rule(self, rules: tuple[Rule, ...]) -> None:
        from tui.dialogs.choose import Choose

        entry = self.chosen
        said = entry.trailers.get("Rules", "").split() if entry is not None else []
        own = {word.lstrip("+~-") for word in said}
        ordered = sorted(rules, key=lambda rule: rule.id not in own)
        if not ordered:
            self.say("The guide has no rules.")
            return
        choices = [
            (rule.id, content(f"{rule.id}  {rule.text}{'  (of this entry)' if rule.id in own else ''}"))
            for rule in ordered
        ]
        says = "It goes from the guide with its checks. You see it before it is done."
        self.app.push_screen(Choose("Which rule shall go?", choices, says=says), self._recall)

    def _recall(self, rule: str | None) -> None:
        from loop.verbs import recall

        if rule is not None:
            self._look_first("recall", recall.Request(rule=rule))

    def _look_first(self, verb: str, request: Looking) -> None:
        if not self._going:
            self.say("Looking what it would change …")
            self.attempt(partial(self._look, verb, request), group="back")

    async def _look(self, verb: str, request: Looking) -> None:
        """Show what would be done; do it when the writer says yes."""
        from tui.dialogs.look import Preview
        from tui.widgets.files import pairs_of

        dry = request.model_copy(update={"dry_run": True})
        shown = cast("Restored", await self.desk.perform(verb, dry))
        self.say("")
        only = request.model_copy(update={"only": f"{shown.before}..{shown.version}"})
        says = f"This will {_WILL.get(verb, '')}{shown.what}. Drafts, finals and critiques stay as they are."
        if shown.kept:
            says += f" Your own edits of {', '.join(shown.kept)} are kept as an entry first."
        titles = (f"now, version {shown.before[:8]}", f"then, version {shown.version[:8]}")
        window = Preview(f"{_TITLES[verb]}?", f"{says} {_AFTER[verb]}", pairs_of(shown.files, titles))

        def answered(said: bool | None) -> None:  # noqa: FBT001 - Textual's own
            if said:
                self.attempt(partial(self._do, verb, only), group="back")
            else:
                self.say("Nothing was changed.")

        self.look_when_here(lambda: self.app.push_screen(window, answered))

    async def _do(self, verb: str, request: Looking) -> None:
        self._going = True
        self.say("At work …")
        try:
            done = cast("Restored", await self.desk.perform(verb, request))
        finally:
            self._going = False
        self.say(_said(verb, done), _AFTER[verb])
        self.done()

    def done(self) -> None:
        """Show what is there now."""
        self.desk.changed()


def _said(verb: str, done: Restored) -> str:
    """What was done."""
    version = done.version[:8]
    if verb == "rollback":
        return f"You are back at version {version}."
    begins, said = _DONE[verb]
    return f"{said}{past(done.what.removeprefix(begins))}. Version {version} now."
