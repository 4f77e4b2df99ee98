"""What `dataset check` says of a real project, read with the real tokenizer of the embedded model."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from loop.model import Draft, StepTrace
from loop.store import DraftFile
from tests.cli.conftest import Answer, Redraft, git, repository

pytestmark = pytest.mark.slow
SETTINGS = """\
[pipeline]
name = "blog"
type = "blog"

[[steps]]
kind = "prompt"
name = "post"

[[steps]]
kind = "prompt"
name = "advice"
appends = true

[[steps]]
kind = "checks"

[model]
name = "embedded"
"""
GUIDE = "# How I write\n\nPlain words.\n\n## Rules for blog\n\n- Be brief. <!-- r1 -->\n"
THINGS = ("tea", "rain", "bread", "soup", "snow", "moss", "wool", "salt", "milk", "corn", "rice", "sand")


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The embedded model's tokenizer and configuration as transformers reads them, without its weights."""
    from transformers import AutoConfig, AutoTokenizer

    from loop.adapters.models.embedded.modelfiles import find, on_this_computer

    gguf = find(on_this_computer())
    folder = tmp_path_factory.mktemp("base") / "smollm2"
    AutoTokenizer.from_pretrained(gguf.parent, gguf_file=gguf.name).save_pretrained(folder)
    AutoConfig.from_pretrained(gguf.parent, gguf_file=gguf.name).save_pretrained(folder)
    return folder


@pytest.fixture
def blog(tmp_path: Path) -> Path:
    """A project with two prompt steps, and a brief for each thing; one is held out."""
    briefs = {f"briefs/{thing}.md": f"What I think of {thing}.\n" for thing in THINGS}
    briefs["briefs/sand.md"] = f"---\nsplit: held_out\n---\n{briefs['briefs/sand.md']}"
    files = {
        "CLAUDE.md": GUIDE,
        "redraft.toml": SETTINGS,
        "prompts/post.md": "{{guidance}}\n\nWrite a short post about this: {{brief}}\n",
        "prompts/advice.md": "Give one piece of advice. {{brief}}\n",
        "checks.toml": "",
        **briefs,
    }
    return repository(tmp_path / "blog", files)


def drafted(root: Path, thing: str, post: str, advice: str) -> str:
    """A draft as `run` leaves it, with what each step wrote."""
    whole = f"{post}\n\n{advice}"
    steps = tuple(
        StepTrace(step=name, kind=kind, output=text, wrote=kind == "prompt")
        for name, kind, text in (
            ("post", "prompt", post),
            ("advice", "prompt", whole),
            ("checks", "checks", whole),
        )
    )
    draft = Draft(brief=thing, text=whole, version="0" * 12, model="test", steps=steps)
    folder = root / "drafts"
    folder.mkdir(exist_ok=True)
    folder.joinpath(f"{thing}.json").write_text(DraftFile(draft=draft).model_dump_json(), encoding="utf-8")
    folder.joinpath(f"{thing}.md").write_text(f"{whole}\n", encoding="utf-8")
    return whole


def corrected(root: Path, redraft: Redraft, things: Sequence[str]) -> None:
    """Pairs as `correct` keeps them; in each the writer changes a word of both parts."""
    final = root.parent / "final.md"
    for number, thing in enumerate(things):
        own = " ".join(f"{thing}{number * place}" for place in range(1, 12))
        whole = drafted(
            root, thing, f"The {thing} is always good. I like it: {own}.", f"Keep {thing} near you."
        )
        final.write_text(whole.replace("always", "often").replace("near", "close to"), encoding="utf-8")
        assert redraft("-C", root, "correct", thing, "--file", final).code == 0


def check(root: Path, redraft: Redraft, base: Path, *words: object) -> Answer:
    return redraft("-C", root, "dataset", "check", "--base", base, *words)


def test_what_is_there_is_said_with_numbers_rows_and_reasons(
    blog: Path, redraft: Redraft, base: Path
) -> None:
    corrected(blog, redraft, ("tea", "rain", "sand"))
    before = git(blog, "status", "--porcelain")
    answer = check(blog, redraft, base, "--json")
    assert answer.code == 0, answer.err
    said: Any = answer.json
    sft, dpo = said["readiness"]
    assert (sft["ready"], sft["usable"], sft["wanted"], sft["hint"]) == (False, 2, 50, "redraft learn")
    assert "48 are missing" in sft["reasons"][0]
    assert (dpo["ready"], dpo["usable"], dpo["wanted"]) == (False, 2, 500)
    assert (said["overview"]["pairs"], said["overview"]["held_out"]) == (2, 1)
    assert said["lengths"]["sft"]["rows"] == 6
    assert said["findings"] == []
    assert len(said["shown"]) == 3
    for row in said["shown"]:
        kinds = [piece["kind"] for piece in row["pieces"]]
        assert kinds[0] == "asked"
        assert row["pieces"][0]["text"].endswith("<|im_start|>assistant\n")
        assert row["pieces"][-1]["text"].endswith("<|im_end|>")
        edited = "".join(piece["text"] for piece in row["pieces"] if piece["kind"] == "edited")
        assert ("often" if "/post" in row["id"] else "close to") in edited
    assert git(blog, "status", "--porcelain") == before

    words = check(blog, redraft, base, "--rows", 1).out
    assert "SFT: NOT READY, 2 pairs to learn from" in words
    assert "redraft learn" in words
    assert "[[often]]" in words or "[[close to]]" in words
    assert "│ Give one piece of advice." in words or "│ Write a short post about this:" in words


def test_a_secret_is_named_and_shown_nowhere(blog: Path, redraft: Redraft, base: Path) -> None:
    key = f"sk_live_{'a1B2' * 6}"
    final = blog.parent / "final.md"
    whole = drafted(blog, "tea", "Tea is always good.", "Keep it warm.")
    final.write_text(f"{whole.replace('always', 'often')} Pay with {key}, or call 555-123-4567.", "utf-8")
    assert redraft("-C", blog, "correct", "tea", "--file", final).code == 0
    said = [check(blog, redraft, base), check(blog, redraft, base, "--json")]
    said.append(redraft("-C", blog, "dataset", "check", "--base", blog / "nowhere"))
    for answer in said[:2]:
        assert "looks like an API key in line 3: sk_l…" in answer.out
        assert "Pay with sk_l…, or call 555…." in answer.out
    for answer in said:
        assert key[6:] not in answer.out + answer.err
        assert "123-4567" not in answer.out + answer.err


def test_what_is_required_and_not_ready_exits_with_six(blog: Path, redraft: Redraft, base: Path) -> None:
    corrected(blog, redraft, ("tea",))
    assert check(blog, redraft, base).code == 0
    required = check(blog, redraft, base, "--require", "sft", "--json")
    assert required.code == 6
    assert required.json["required"] == "sft"


def test_fifty_pairs_of_a_sound_project_are_ready(blog: Path, redraft: Redraft, base: Path) -> None:
    things = [f"thing{number}" for number in range(50)]
    for thing in things:
        blog.joinpath(f"briefs/{thing}.md").write_text(f"What I think of {thing}.\n", encoding="utf-8")
    corrected(blog, redraft, [*things, "sand"])
    answer = check(blog, redraft, base, "--require", "sft", "--rows", 0)
    assert answer.code == 0, answer.out + answer.err
    assert "SFT: READY, 50 pairs to learn from" in answer.out
    assert "DPO: NOT READY" in answer.out


def test_without_the_guide_the_prompt_has_no_rules_and_the_template_stays(
    blog: Path, redraft: Redraft, base: Path
) -> None:
    corrected(blog, redraft, ("tea",))
    told = check(blog, redraft, base, "--json").json
    bare = check(blog, redraft, base, "--json", "--distill-guide").json
    asked = {side: one["shown"][-1]["pieces"][0]["text"] for side, one in (("told", told), ("bare", bare))}
    assert "Be brief." in asked["told"]
    assert "Be brief." not in asked["bare"]
    assert "Plain words." not in asked["bare"]
    assert "Write a short post about this: What I think of tea." in asked["bare"]
    assert (told["distilled"], bare["distilled"]) == (False, True)


LONG = "\n\n".join(
    f"Paragraph {number} tells of the tea. " + "It is told slowly. " * 90 for number in range(8)
)


def test_a_long_text_stops_until_the_writer_chooses(blog: Path, redraft: Redraft, base: Path) -> None:
    corrected(blog, redraft, ("rain",))
    final = blog.parent / "final.md"
    whole = drafted(blog, "tea", LONG, "Keep it warm.")
    final.write_text(whole.replace("Paragraph 2 tells", "Paragraph 2 sings"), encoding="utf-8")
    assert redraft("-C", blog, "correct", "tea", "--file", final).code == 0

    stopped = check(blog, redraft, base, "--json").json
    (finding, *_) = stopped["findings"]
    assert (finding["kind"], finding["stop"], finding["brief"]) == ("long", True, "tea")
    assert "--long split" in finding["hint"]
    assert any("more tokens" in reason for reason in stopped["readiness"][0]["reasons"])

    left = check(blog, redraft, base, "--json", "--long", "leave-out").json
    assert not [one for one in left["findings"] if one["stop"]]
    assert {(one["of"], one["brief"]) for one in left["left_out"]} == {("sft", "tea"), ("dpo", "tea")}

    split = check(blog, redraft, base, "--json", "--long", "split").json
    assert not [one for one in split["findings"] if one["stop"]]
    assert split["left_out"] == []


def test_old_texts_wait_for_a_step_to_be_named(blog: Path, redraft: Redraft, base: Path) -> None:
    folder = blog.parent / "old"
    folder.mkdir()
    folder.joinpath("walk.before.md").write_text("The walk is always long and good.", encoding="utf-8")
    folder.joinpath("walk.after.md").write_text("The walk is often long and good.", encoding="utf-8")
    assert redraft("-C", blog, "import", folder).code == 0
    without = check(blog, redraft, base, "--json").json
    assert without["readiness"][0]["usable"] == 0
    assert without["left_out"][0]["hint"].startswith("redraft train plan --step post ")
    assert check(blog, redraft, base, "--json", "--step", "post").json["readiness"][0]["usable"] == 1
    unknown = check(blog, redraft, base, "--step", "pots")
    assert unknown.code == 2
    assert "Did you mean “post”?" in unknown.err


def test_a_project_without_pairs_is_told_how_they_come_about(blog: Path, redraft: Redraft) -> None:
    answer = redraft("-C", blog, "dataset", "check", "--require", "dpo")
    assert answer.code == 6
    assert "There is no pair yet to learn a final from." in answer.out
    assert "redraft correct NAME" in answer.out


def test_a_base_that_is_not_there_is_an_error(blog: Path, redraft: Redraft) -> None:
    corrected(blog, redraft, ("tea",))
    answer = check(blog, redraft, blog / "nowhere")
    assert answer.code == 8
    assert "nowhere" in answer.err


def test_without_the_extra_the_texts_are_looked_over_all_the_same(
    blog: Path, redraft: Redraft, monkeypatch: pytest.MonkeyPatch
) -> None:
    corrected(blog, redraft, ("tea",))
    monkeypatch.setattr("loop.adapters.training.programs._NEEDS", ("no_such_package",))
    answer = redraft("-C", blog, "dataset", "check")
    assert answer.code == 0, answer.err
    assert "Tokens were not looked at." in answer.out
    assert "pip install 'redraft[train]'" in answer.out
    assert "The tea is [[often]] good." in answer.out


def test_picked_takes_keep_what_each_step_wrote(blog: Path, redraft: Redraft) -> None:
    drafted(blog, "tea", "Tea is good.", "Drink it.")
    path = blog / "drafts/tea.json"
    first = DraftFile.model_validate_json(path.read_text(encoding="utf-8")).draft
    drafted(blog, "tea", "Tea is warm.", "Drink it.")
    second = DraftFile.model_validate_json(path.read_text(encoding="utf-8")).draft
    path.write_text(DraftFile(draft=first, takes=(first, second)).model_dump_json(), encoding="utf-8")
    blog.joinpath("drafts/tea.md").write_text(f"{first.text}\n", encoding="utf-8")
    assert redraft("-C", blog, "pick", "tea", 2).code == 0
    (kept,) = blog.glob("pairs/t*.json")
    choice = json.loads(kept.read_text(encoding="utf-8"))
    assert [step["output"] for step in choice["steps"]] == ["Tea is warm.", "Tea is warm.\n\nDrink it."]
    assert [step["appends"] for step in choice["rejected_steps"][0]] == [False, True]
    said = redraft("-C", blog, "export", "--format", "trl-dpo", "--dry-run", "--json").json
    assert said["rows"] == 1


def test_nothing_of_torch_is_loaded_by_the_check(blog: Path, redraft: Redraft, base: Path) -> None:
    import subprocess
    import sys

    corrected(blog, redraft, ("tea",))
    program = (
        "import sys\nfrom loop.cli import main\ntry:\n    main(sys.argv[1:])\nexcept SystemExit as exit_:\n"
        "    assert not exit_.code, exit_.code\n"
        "assert not {'torch', 'transformers', 'peft'} & set(sys.modules)"
    )
    words = ["-C", str(blog), "dataset", "check", "--base", str(base)]
    done = subprocess.run(
        [sys.executable, "-c", program, *words],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    assert done.returncode == 0, done.stderr


def test_rows_are_exported_with_configurations_for_other_trainers(blog: Path, redraft: Redraft) -> None:
    corrected(blog, redraft, ("tea", "sand"))
    folder = blog.parent / "mine"
    words = ("-C", blog, "export", "--format", "trl-dpo", "--configs", folder, "--base", "some/base")
    answer = redraft(*words, "--json")
    assert answer.code == 0, answer.err
    assert (answer.json["rows"], answer.json["path"]) == (2, "")
    assert {one["brief"] for one in answer.json["skipped"]} == {"sand"}
    assert sorted(str(path.relative_to(folder)) for path in folder.rglob("*.*")) == [
        "README.md",
        "axolotl/dpo.yaml",
        "axolotl/train.jsonl",
        "llama-factory/dataset_info.json",
        "llama-factory/dpo.yaml",
        "llama-factory/train.jsonl",
        "trl/dpo.yaml",
        "trl/train.jsonl",
    ]
    told = folder.joinpath("trl/train.jsonl").read_text(encoding="utf-8")
    assert "Be brief." in told
    assert "some/base" in folder.joinpath("axolotl/dpo.yaml").read_text(encoding="utf-8")
    assert redraft(*words).code == 2  # it is there already
    assert folder.joinpath("trl/train.jsonl").read_text(encoding="utf-8") == told
    assert "For TRL, Axolotl and LLaMA-Factory: 2 rows" in redraft(*words, "--replace", "--distill-guide").out
    assert "Be brief." not in folder.joinpath("trl/train.jsonl").read_text(encoding="utf-8")
    provider = redraft("-C", blog, "export", "--format", "openai-sft", "--configs", folder)
    assert provider.code == 2
    assert "takes no configuration" in provider.err
