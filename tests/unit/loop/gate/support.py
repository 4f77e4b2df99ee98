"""Small honest parts for the gate's tests: a pipeline that always writes the same, and detectors."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from loop.model import Brief, Check, Detector, Draft, Guidance, StepTrace, Usage

GUIDE = """# House style

We write for neighbours.

## Rules for everything

- Write short sentences. <!-- r1 -->
- Write “use” instead of “utilize”. <!-- r2 -->

## Rules for newsletter

- End with a greeting. <!-- r3 -->
"""
CHECKS = """[[check]]
id = "c1"
rule = "r2"
kind = "replace"
find = "utilize"
text = "use"
"""
PROMPT = "{{guidance}}\n\nBe brief.\n\nWrite about this: {{brief}}\n"


def guidance(guide: str = GUIDE, checks: str = CHECKS, **prompts: str) -> Guidance:
    """A guidance with one prompt."""
    named = {f"prompts/{name}.md": text for name, text in (prompts or {"draft": PROMPT}).items()}
    return Guidance(files={"CLAUDE.md": guide, "checks.toml": checks, **named})


def brief(id_: str, type_: str = "blog", split: str = "train", text: str = "") -> Brief:
    """A brief."""
    return Brief.model_validate(
        {"id": id_, "type": type_, "split": split, "text": text or f"Something about {id_}."}
    )


def phrase(find: str, *, pair: str = "", type_: str = "blog") -> Detector:
    """A detector that fires when a phrase is back."""
    return Detector(
        id=f"d-{find}",
        source=f"s-{find}",
        pair=pair,
        type=type_,
        check=Check(kind="forbid", find=find),
        says=f"“{find}” is back",
    )


def question(text: str) -> Detector:
    """A detector that only a model could answer."""
    return Detector(id=f"q-{text}", source="s", type="blog", question=text)


async def fires(detector: Detector, text: str) -> bool | None:
    """Looks for the phrase; a question has no answer here."""
    return detector.check.find in text if detector.check is not None else None


class Pipeline:
    """Writes what a function of (arm, brief, sample) says; fails where that is None.

    Counts what it is asked. `after` is the guidance of the second arm, `seed` that of sample 0.
    """

    def __init__(
        self,
        write: Callable[[str, str, int], str | None],
        after: Guidance,
        *,
        same_words: bool = False,
    ) -> None:
        self.write = write
        self.after = after
        self.same_words = same_words
        self.asked: list[tuple[str, str, int]] = []

    async def __call__(self, brief: Brief, guidance: Guidance, seed: int) -> Draft | None:
        arm = "after" if guidance.version == self.after.version else "before"
        self.asked.append((arm, brief.id, seed))
        text = self.write(arm, brief.id, seed)
        if text is None:
            return None
        words = f"what the model wrote, seed {seed}" if self.same_words else f"{arm}, seed {seed}"
        usage = Usage() if self.same_words and arm == "after" else Usage(calls=1, output_tokens=10)
        return Draft(
            brief=brief.id,
            text=text,
            version=guidance.version,
            model="fake",
            seed=seed,
            steps=(
                StepTrace(step="draft", kind="prompt", output=words, usage=usage),
                StepTrace(step="checks", kind="checks", output=text),
            ),
        )


def both(before: str, after: str) -> Callable[[str, str, int], str | None]:
    """The same text in each arm, whatever the brief and sample."""
    return lambda arm, brief_id, seed: before if arm == "before" else after


def listed(texts: Mapping[tuple[str, str], Sequence[str]]) -> Callable[[str, str, int], str | None]:
    """(arm, brief) -> the texts of its samples, by seed."""
    return lambda arm, brief_id, seed: texts[arm, brief_id][seed]
