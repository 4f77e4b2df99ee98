"""Why is this sentence here? From the sentence to its step, checks and rules, and to what a rule rests on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, ClassVar, cast

from textual import on, work
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from loop.errors import RedraftError
from tui.dialogs.window import Window
from tui.passages import sentence_at, sentences_of
from tui.shown import content

if TYPE_CHECKING:
    from loop.model import LogEntry
    from loop.verbs import why
    from tui.app import Desk
    from tui.place import Place

_MINE = "You wrote it yourself, or it came with the template."
_GONE = "It is not in the guide any more."


def open_why(place: Place, brief: str, text: str, offset: int) -> None:
    """Open the window on the sentence of a draft in which an offset stands."""
    span = sentence_at(text, offset)
    if span is None:
        place.say("There is no sentence here.", "Put the cursor into one")
        return
    every = sentences_of(text)
    said = [text[one.start : one.end] for one in every]
    if span in every:
        place.app.push_screen(Why(brief, *said, at=every.index(span)))
    else:  # in a table, or the like
        place.app.push_screen(Why(brief, text[span.start : span.end]))


class Why(Window[None]):
    """Where a sentence of a brief's draft comes from; or a rule, by its id.

    Enter goes on to a rule, Backspace back; from one of several sentences to the next.
    """

    DEFAULT_CSS = """
    Why > #window { width: 92; }
    Why VerticalScroll { height: auto; max-height: 50vh; }
    Why VerticalScroll.-alone { max-height: 70vh; }
    Why OptionList, Why OptionList:focus {
        height: auto; max-height: 20vh; border: none; border-top: solid $primary; padding: 0;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "rule", "The rule", id="why.rule", priority=True),
        Binding("backspace", "back", "Back", id="why.back"),
        Binding("n", "step(1)", "Next sentence", id="why.next"),
        Binding("p,N", "step(-1)", "Sentence before", id="why.previous"),
        Binding("j", "move('down')", "Down", id="why.down", show=False),
        Binding("k", "move('up')", "Up", id="why.up", show=False),
    ]

    def __init__(self, brief: str, *what: str, at: int = 0) -> None:
        """`what` can be asked about; `at` is the number of that with which it begins."""
        super().__init__("Why is this here?")
        self._brief = brief
        self._what, self._at = what, at
        self._asked = [what[at]]
        self.rule = ""
        """The id of the rule that is shown; empty while it is a sentence."""

    def inside(self) -> Iterable[Widget]:
        """What is known, and the rules that lead on."""
        with VerticalScroll():
            yield Static(id="why-says", markup=False)
        yield OptionList(id="why-rules", markup=False)

    def on_mount(self) -> None:
        """Look it up."""
        self._look()

    @property
    def _desk(self) -> Desk:
        return cast("Desk", self.app)

    @work(exclusive=True)
    async def _look(self) -> None:
        """Ask the verb about what is on top, and show what it says."""
        from loop.verbs import why

        self.rule = ""
        self._show([content("Looking…", "dim")], ())
        asked = self._asked[-1]
        request = why.Request(what=asked, brief=self._brief or None)
        try:
            result = cast("why.Result", await self._desk.perform("why", request))
        except RedraftError as error:
            self._show([content(error.message), content(error.hint, "dim")], ())
            return
        if result.rule is not None:
            self.rule = result.rule.id
            self._show(rule_page(result), ())
        elif (found := result.explanation) is not None:
            near = [(rule.id, rule.text) for rule in found.rules if rule.id]
            self._show(sentence_page(result, leads_on=bool(near)), near)

    def _show(self, says: Sequence[Content], rules: Sequence[tuple[str, str]]) -> None:
        self.query_one("#why-says", Static).update(Content("\n").join(says))
        scroll, options = self.query_one(VerticalScroll), self.query_one(OptionList)
        scroll.scroll_home(animate=False)
        options.clear_options()
        options.add_options([Option(content(f"{id_}  {text}"), id=id_) for id_, text in rules])
        options.display = bool(rules)
        self.refresh_bindings()
        scroll.set_class(not rules, "-alone")
        if rules:
            options.highlighted = 0
            options.focus()
        else:
            scroll.focus()

    @on(OptionList.OptionSelected)
    def _go_on(self, event: OptionList.OptionSelected) -> None:
        if event.option_id:
            self._asked.append(event.option_id)
            self._look()

    def action_rule(self) -> None:
        """Go on to the rule that is marked."""
        self.query_one(OptionList).action_select()

    def action_back(self) -> None:
        """Go back to where one came from."""
        if len(self._asked) > 1:
            self._asked.pop()
            self._look()

    def action_step(self, by: int) -> None:
        """Ask about the next sentence, or the one before."""
        at = self._at + by
        if not 0 <= at < len(self._what):
            self.say("This is the last sentence." if by > 0 else "This is the first sentence.")
            return
        self.say("")
        self._at, self._asked = at, [self._what[at]]
        self._look()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """There is a next sentence only where there are several, and a rule only where rules are listed."""
        if action == "rule":
            return bool(self.query_one(OptionList).option_count) if self.is_mounted else False
        if action == "step":
            return len(self._what) > 1
        return super().check_action(action, parameters)

    def action_move(self, way: str) -> None:
        """Move as the arrow does."""
        options = self.query_one(OptionList)
        if self.focused is options:
            options.action_cursor_down() if way == "down" else options.action_cursor_up()
        else:
            scroll = self.query_one(VerticalScroll)
            scroll.scroll_relative(y=1 if way == "down" else -1, animate=False)


def sentence_page(result: why.Result, *, leads_on: bool) -> list[Content]:
    """Which step wrote a sentence, which check changed it, which rules are near."""
    found = result.explanation
    if found is None:
        return []
    says = [content(f"“{found.sentence}”", "bold"), Content("")]
    wrote = (
        f"The step “{found.step}” of the pipeline wrote it."
        if found.step
        else "No step of the pipeline wrote it."
    )
    says.append(content(f"{wrote} It stands in the draft of {result.brief}."))
    if found.checks:
        checks = "The check" if len(found.checks) == 1 else "The checks"
        says += [Content(""), content(f"{checks} {', '.join(found.checks)} changed it. Before, it read:")]
        says.append(content(f"- {found.before}" if found.before else "- (it was not there)", "dim"))
    elif found.before and found.before != found.sentence:
        says += [
            Content(""),
            content("The checks changed it. Before, it read:"),
            content(f"- {found.before}", "dim"),
        ]
    elif not found.notes:
        says.append(content("No check changed it."))
    says += [content(f"A check finds, and leaves to you: {note.message}") for note in found.notes]
    nearest = "The rules it may follow, the likeliest first. Enter shows where one comes from."
    says += [Content(""), content(nearest if leads_on else "No rule of the guide is near to it.")]
    return says


def rule_page(result: why.Result) -> list[Content]:
    """When a rule was learned, why, what it rests on, and what changed it since."""
    if result.rule is None:
        return []
    says = [content(f"{result.rule.id}  {result.rule.text}", "bold")]
    if result.gone:
        says.append(content(_GONE))
    says.append(Content(""))
    if result.entry is None:
        return [*says, content(_MINE)]
    says.append(content(f"Learned {_when(result.entry)}"))
    if result.hypothesis:
        says.append(content(f"Because: {result.hypothesis}"))
    says += [content(f"Changed {_when(entry)}") for entry in result.since]
    if result.sources:
        says += [Content(""), content("It rests on:")]
    for source in result.sources:
        if source.critique:
            says += [Content(""), content(f"{source.brief}: you said"), content(f"  “{source.critique}”")]
        else:
            says += [Content(""), content(f"{source.brief}: you changed")]
            says.append(_side("-", source.before, "$text-error"))
            says.append(_side("+", source.after, "$text-success"))
    return says


def _side(sign: str, text: str, style: str) -> Content:
    return content(f"  {sign} {' '.join(text.split()) or '(nothing)'}", style)


def _when(entry: LogEntry) -> str:
    return f"{entry.when[:10]}: {entry.subject}"
