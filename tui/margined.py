"""A draft with its margin: read, gone through, copied, asked about."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from textual import on
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static, TextArea

from tui.place import Place
from tui.remarks import MarginDraft, Missing, read_draft, remarks_of
from tui.shown import content
from tui.where import leads_to
from tui.widgets.margin import Margin
from tui.widgets.page import PassagePage
from tui.widgets.prose import Mark
from tui.widgets.split import Split

_NOTHING_SAID = "Nothing is said yet. Select a passage, or nothing for the whole draft, and press Enter."


class Margined(Place):
    """A place that shows the draft of the brief that the desk is about, and what was said about it."""

    DEFAULT_CSS = """
    #say-title { height: 1; padding: 0 1; background: $surface; text-style: bold; }
    #say-text { width: 64%; height: 1fr; }
    #say-missing { display: none; padding: 2 4; height: 1fr; }
    .-missing #say-missing { display: block; }
    .-missing #say-panes { display: none; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._draft: MarginDraft | None = None
        self._wanted = ""
        """The remark that shall be the current one once it is there."""

    def body(self) -> Iterable[Widget]:
        """The draft and its margin, or why there is none."""
        yield Static(id="say-title", markup=False)
        page = PassagePage(id="say-text")
        yield Split(page, Margin(page, id="say-margin"), id="say-panes")
        yield Static(id="say-missing", markup=False)

    def home(self) -> Widget:
        """The draft."""
        return self._page

    def on_mount(self) -> None:
        """Read the draft of the brief that the desk is about, and again whenever that changes."""
        self._missing("Reading…", "")
        self._read_again()
        self.watch(self.desk, "brief", self._another_brief, init=False)
        self.watch(self.desk, "status", self._entitle, init=False)
        self.desk.project_changed.subscribe(self, lambda _: self.look_when_here(self._read_again))

    @property
    def _page(self) -> PassagePage:
        return self.query_one(PassagePage)

    @property
    def _margin(self) -> Margin:
        return self.query_one(Margin)

    def leaves_draft(self) -> None:
        """The draft is not there any more, or another one comes."""

    def comes_to_draft(self, draft: MarginDraft) -> None:
        """Another draft is there."""

    def said_of(self) -> list[str]:
        """What else stands in the title."""
        return []

    # -- reading -----------------------------------------------------------------------------------

    def _another_brief(self, brief: str) -> None:
        if self._draft is not None and self._draft.brief != brief:
            self.leaves_draft()
            self.say("")
            self._draft = None
            self._missing("Reading…", "")
        self.look_when_here(self._read_again)

    def _read_again(self) -> None:
        brief = self.desk.brief
        if brief:
            self.attempt(partial(read_draft, self.desk, brief), self._show, group="read")
        else:
            write = leads_to("write", self.desk.keymap)
            self._show(Missing("No brief is chosen yet.", f"Press {write}: Write lists your briefs"))

    def _show(self, read: MarginDraft | Missing) -> None:
        if isinstance(read, Missing):
            self._draft = None
            self.leaves_draft()
            self._missing(read.message, read.hint)
            return
        another = self._draft is None or self._draft.brief != read.brief
        self._draft = read
        self.query_one("#body").remove_class("-missing")
        if self._page.text != read.text or another:
            self._page.load_text(read.text)
        if another:
            self.go_home()
            self.comes_to_draft(read)
            if read.warning:
                self.say(read.warning, level="warning")
        remarks = remarks_of(read)
        self._margin.show(remarks, content(_NOTHING_SAID, "dim"))
        if self._wanted and any(remark.id == self._wanted for remark in remarks):
            self._margin.choose(self._wanted)
            self._wanted = ""
        self._mark()
        self._entitle()

    def _missing(self, message: str, hint: str) -> None:
        self.query_one("#body").add_class("-missing")
        said = content(message)
        self.query_one("#say-missing", Static).update(
            Content.assemble(said, "\n\n", content(hint)) if hint else said
        )
        self._entitle()

    def _entitle(self) -> None:
        self.refresh_bindings()  # there may be a draft now, or none any more
        parts = [self.desk.brief]
        briefs = self.desk.status.briefs if self.desk.status else ()
        found = next((one for one in briefs if one.brief == self.desk.brief), None)
        if found is not None:
            held_out = "held out: what you say is kept, never learned from"
            parts.append(held_out if found.split == "held_out" else found.type)
        if self._draft is not None and self._draft.stopped:
            parts.append("the draft breaks off")
        parts += self.said_of()
        self.query_one("#say-title", Static).update(content("  ·  ".join(filter(None, parts))))

    def _mark(self) -> None:
        """Mark the passages in the text: the writer's, more quietly the checks', and the current one."""
        if self._draft is None:
            return
        self._page.mark("noted", [Mark(*span, "noted") for span in self._draft.note_spans if span])
        self._page.mark("passage", [Mark(*span, "passage") for span in self._draft.spans if span])
        remark = self._margin.current
        shown = [] if remark is None or remark.start is None else [Mark(remark.start, remark.end, "current")]
        self._page.mark("current", shown)

    # -- the margin --------------------------------------------------------------------------------

    @on(Margin.Chosen)
    def _chosen(self, event: Margin.Chosen) -> None:
        self._mark()
        if event.remark.start is None:
            self._page.scroll_to(y=0, animate=False)
        else:
            self._page.show_offset(event.remark.start)

    @on(TextArea.SelectionChanged, "#say-text")
    def _moved(self) -> None:
        """The remark about the passage under the cursor is the current one."""
        offset = self._page.cursor_offset_in_text
        current = self._margin.current
        if self._draft is None or (
            current and current.start is not None and current.start <= offset <= current.end
        ):
            return
        under = self._draft.under(offset)
        if under:
            self._margin.choose(under)
            self._mark()

    def action_step(self, by: int) -> None:
        """Go to the next remark, or the one before."""
        self._margin.action_step(by)

    def action_select(self) -> None:
        """Select the sentence at the cursor; then its paragraph; then nothing."""
        if not self._page.select_more():
            self.say("There is no sentence here.", "Put the cursor into one")

    def action_copy(self) -> None:
        """Copy what is selected, or the draft."""
        if self._draft is None:
            self.say("There is no draft here to copy.")
            return
        selected = self._page.selected()
        self.desk.copy(self._page.text[selected.start : selected.end] if selected else self._draft.text)

    # -- why ---------------------------------------------------------------------------------------

    def action_why(self) -> None:
        """Open the window that says where the sentence at the cursor, or the rule of a remark, comes from."""
        from tui.dialogs.why import Why, open_why

        if self._draft is None:
            return
        remark = self._margin.current
        rule = self._draft.rule_of(remark.id) if remark and self.focused is self._margin else ""
        if rule:
            self.app.push_screen(Why(self._draft.brief, rule))
        else:
            offset = self._page.cursor_offset_in_text
            open_why(self, self._draft.brief, self._page.text, offset)
