"""What goes through the model once is worth what it was worth twice: in value and in gradient."""

from __future__ import annotations

import copy
import math
from collections.abc import Sequence
from typing import Any

import pytest
import torch
from peft import LoraConfig, get_peft_model
from torch.nn.attention.flex_attention import flex_attention
from torch.nn.functional import logsigmoid

from loop.model.training import Recipe
from loop.train import attention, segments
from loop.train.attention import Way
from loop.train.batches import packed
from loop.train.lora import lean
from loop.train.losses import dpo_loss, sft_loss
from loop.train.measures import reference_of, references
from loop.train.scoring import Head, Scorer
from loop.train.sharing import Pack, pack_up, tokens_of
from loop.train.tokens import Answer, Example
from tests.train.tiny import FAMILIES, VOCABULARY, model_of, pair, pairs

PLAIN_DPO = Recipe(method="dpo", anchor=0.0)


def summed(model: Any, prompt: Sequence[int], given: Answer) -> torch.Tensor:
    """The weighted log-likelihood of an answer, by transformers alone: one text, one forward pass."""
    ids = torch.tensor([[*prompt, *given.ids]])
    scores = torch.log_softmax(model(input_ids=ids).logits[0].float(), dim=-1)
    picked = scores[len(prompt) - 1 : -1].gather(1, torch.tensor(given.ids)[:, None])[:, 0]
    return (torch.tensor(given.weights) * picked).sum()


def gradients(model: Any) -> dict[str, torch.Tensor]:
    found = {
        name: one.grad.clone()
        for name, one in model.named_parameters()
        if one.grad is not None and "embed" not in name and "lm_head" not in name
    }
    model.zero_grad()
    return found


def the_same(left: dict[str, torch.Tensor], right: dict[str, torch.Tensor], *, within: float) -> None:
    assert left.keys() == right.keys()
    assert left
    size = math.sqrt(sum(float(one.double().square().sum()) for one in left.values()))
    apart = math.sqrt(sum(float((one - right[name]).double().square().sum()) for name, one in left.items()))
    assert apart <= within * size


def shared_dpo(
    model: Any, other: Any, examples: list[Example], packs: Sequence[Pack], way: Way
) -> torch.Tensor:
    head = model.get_output_embeddings().weight
    head.requires_grad_(False)
    scorer, before = Scorer(model, way, half=False), Scorer(other, way, half=False)
    held = references(before, packs)
    total = sum(dpo_loss(scorer(pack), reference_of(pack, held), pack, PLAIN_DPO).loss for pack in packs)
    loss = torch.as_tensor(total) / len(examples)
    loss.backward()  # type: ignore[no-untyped-call]
    return loss.detach()


def plain_dpo(model: Any, other: Any, examples: list[Example]) -> torch.Tensor:
    losses = []
    for one in examples:
        assert one.rejected is not None
        with torch.no_grad():
            reference = summed(other, one.prompt, one.chosen) - summed(other, one.prompt, one.rejected)
        delta = summed(model, one.prompt, one.chosen) - summed(model, one.prompt, one.rejected) - reference
        losses.append(-logsigmoid(PLAIN_DPO.beta * delta))
    loss = torch.stack(losses).mean()
    loss.backward()  # type: ignore[no-untyped-call]
    return loss.detach()


@pytest.mark.parametrize("weights", [False, True], ids=["counted alike", "weighted"])
@pytest.mark.parametrize("family", FAMILIES)
def test_shared_prefix_is_plain_dpo(family: str, *, weights: bool) -> None:
    examples = pairs(6, seed=3, weights=False)
    if weights:  # what both texts begin with has to count alike in both, as it does in every row
        examples = [_weighted(one) for one in examples]
    want = plain_dpo(plain := model_of(family, plain=True), model_of(family, plain=True, seed=1), examples)
    wanted = gradients(plain)
    packs = [pack_up(range(len(examples)), examples)]
    model, other = model_of(family), model_of(family, seed=1)
    ways: tuple[Way, ...] = ("segments", "mask")
    for way in ways:
        found = shared_dpo(model, other, examples, packs, way)
        assert abs(float(found - want.detach())) <= 1e-5
        the_same(wanted, gradients(model), within=1e-5)


def _weighted(one: Example) -> Example:
    assert one.rejected is not None

    def with_weights(given: Answer) -> Answer:
        return given._replace(weights=tuple(0.2 + (place % 5) / 3 for place in range(len(given.ids))))

    return one._replace(chosen=with_weights(one.chosen), rejected=with_weights(one.rejected))


@pytest.mark.parametrize("family", FAMILIES)
def test_unshared_rows_are_plain_dpo(family: str) -> None:
    examples = pairs(4, seed=5)
    want = plain_dpo(plain := model_of(family, plain=True), model_of(family, plain=True, seed=1), examples)
    wanted = gradients(plain)
    model = model_of(family)
    packs = [pack_up([number], examples, share=False) for number in range(len(examples))]
    found = shared_dpo(model, model_of(family, seed=1), examples, packs, "segments")
    assert abs(float(found - want.detach())) <= 1e-5
    the_same(wanted, gradients(model), within=1e-5)


@pytest.mark.parametrize("family", FAMILIES)
def test_packed_sft_is_each_row_alone(family: str) -> None:
    examples = [one._replace(rejected=None) for one in pairs(7, seed=8, weights=True)]
    plain = model_of(family, plain=True)
    want = -torch.stack([summed(plain, one.prompt, one.chosen) for one in examples]).sum()
    want.backward()  # type: ignore[no-untyped-call]
    wanted = gradients(plain)
    recipe = Recipe(method="sft", tokens=64)
    packs = packed(range(len(examples)), examples, recipe, recipe.tokens, packs=True)
    assert 1 < len(packs) < len(examples)
    model = model_of(family)
    model.get_output_embeddings().weight.requires_grad_(False)
    scorer = Scorer(model, "segments", half=False)
    found = sum(sft_loss(scorer(pack), pack) for pack in packs)
    assert isinstance(found, torch.Tensor)
    found.backward()  # type: ignore[no-untyped-call]
    assert float(found.detach()) == pytest.approx(float(want.detach()), rel=1e-5)
    the_same(wanted, gradients(model), within=1e-5)


def test_without_room_for_branches_a_text_goes_alone() -> None:
    examples = pairs(3, seed=2)
    packs = [pack_up([number], examples, share=False) for number in range(len(examples))]
    model = model_of("llama")
    apart, together = (
        Scorer(model_of("llama", plain=True), None, half=False),
        Scorer(model, "segments", half=False),
    )
    for pack in packs:
        assert torch.allclose(apart(pack), together(pack), atol=1e-5)


@pytest.mark.filterwarnings("ignore:flex_attention called without")  # it is compiled on a GPU alone
@pytest.mark.parametrize("family", ["llama", "gemma2", "gemma3"])
def test_blocks_see_what_the_mask_shows(family: str) -> None:
    examples = pairs(3, seed=4)
    pack = pack_up(range(len(examples)), examples)
    model = model_of(family)
    with torch.no_grad():
        masked, blocks = Scorer(model, "mask", half=False)(pack), Scorer(model, "blocks", half=False)(pack)
    assert torch.allclose(masked, blocks, atol=1e-5)


def test_blocks_of_one_padded_length_are_compiled_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a GPU compiling takes a minute; packs of other lengths and other segments must not ask for it."""
    graphs = []

    def backend(graph: torch.fx.GraphModule, _: object) -> Any:
        graphs.append(graph)
        return graph.forward

    compiled = torch.compile(flex_attention, dynamic=False, backend=backend)
    monkeypatch.setattr(attention, "_compiled", compiled)
    examples = pairs(12, seed=4)
    model = model_of("llama")
    with torch.no_grad():
        lengths = set()
        for numbers in ([0], [0, 1], [0, 1, 2], [3, 4, 5, 6]):
            pack = pack_up(numbers, examples)
            masked, blocks = (
                Scorer(model, "mask", half=False)(pack),
                Scorer(model, "blocks", half=False)(pack),
            )
            assert torch.allclose(masked, blocks, atol=1e-5)
            lengths.add(pack.length)
    assert len(lengths) == 4
    assert len(graphs) == 1


def test_few_lengths_are_compiled() -> None:
    """For each a graph with a gradient and one without, for two windows each: torch gives up at a limit."""
    lengths = {attention.padded(length) for length in range(1, 16_385)}
    assert max(lengths) == 16_384
    assert all(length % 512 == 0 for length in lengths)
    assert 4 * len(lengths) < attention.RECOMPILED


def test_sure_tokens_have_an_exact_gradient_in_bf16() -> None:
    """Where p is almost 1 the two terms of the gradient cancel; words' vectors that lean one way show it."""
    torch.manual_seed(2)
    weight = (0.05 * torch.randn(4096, 64) + 0.5 * torch.randn(64)).bfloat16()
    targets = torch.arange(5)
    hidden = ((weight[targets].float() - weight.float().mean(dim=0)) * 120).bfloat16()
    leaf = hidden.double().requires_grad_()
    exact = torch.log_softmax(leaf @ weight.double().t(), dim=1).gather(1, targets[:, None])[:, 0]
    assert -0.01 < float(exact.detach().min()) < -0.001
    (want,) = torch.autograd.grad(exact.sum(), leaf)
    head = Head(weight, weight.float(), None, None, 1.0)
    picked, slopes = head.slopes(head.logits(hidden), targets)
    assert torch.allclose(picked.double(), exact.detach(), atol=1e-5)
    assert float((slopes - want).norm() / want.norm()) < 0.05


@pytest.mark.parametrize("keys", [0, 9, 10_000], ids=["made again", "kept in part", "kept"])
@pytest.mark.parametrize("family", ["llama", "qwen3", "gemma3"])
def test_tiles_see_what_the_mask_shows(monkeypatch: pytest.MonkeyPatch, family: str, keys: int) -> None:
    """Many tiles in a segment, in value and gradient, whether or not probabilities are kept for it."""
    monkeypatch.setattr(segments, "_QUERIES", 5)
    monkeypatch.setattr(segments, "KEPT", keys)
    examples = pairs(4, seed=11)
    packs = [pack_up(range(len(examples)), examples)]
    model, other = model_of(family), model_of(family, seed=1)
    masked = shared_dpo(model, other, examples, packs, "mask")
    wanted = gradients(model)
    assert abs(float(shared_dpo(model, other, examples, packs, "segments") - masked)) <= 1e-5
    the_same(wanted, gradients(model), within=1e-5)


@pytest.mark.parametrize("bias", [False, True])
def test_lean_layers_are_pefts_layers(*, bias: bool) -> None:
    """Output and every gradient, with the adapter and without it."""
    torch.manual_seed(3)
    layers = torch.nn.Sequential(torch.nn.Linear(12, 20, bias=bias), torch.nn.Linear(20, 7, bias=bias))
    config = LoraConfig(r=4, lora_alpha=6, target_modules=["0", "1"], init_lora_weights=False)
    plain = get_peft_model(layers, config)
    ours = lean(copy.deepcopy(plain))
    assert sum("forward" in vars(layer) for layer in ours.modules()) == 2
    states = torch.randn(2, 9, 12)
    found = []
    for model in (plain, ours):
        given = states.clone().requires_grad_()
        out = model(given)
        out.square().sum().backward()
        with torch.no_grad(), model.disable_adapter():
            base = model(states)
        own = {name: one.grad for name, one in model.named_parameters() if one.grad is not None}
        found.append({"in": given.grad, "out": out.detach(), "base": base, **own})
    assert found[0].keys() == found[1].keys()
    assert len(found[0]) == 3 + 4
    for name, one in found[0].items():
        torch.testing.assert_close(found[1][name], one, rtol=1e-5, atol=1e-5)


def test_a_text_sees_nothing_of_the_others() -> None:
    examples = pairs(3, seed=6)
    model = model_of("llama")
    scorer = Scorer(model, "segments", half=False)
    with torch.no_grad():
        before = scorer(pack_up([0, 1], examples))
        other = examples[1]._replace(prompt=tuple(5 for _ in examples[1].prompt))
        after = scorer(pack_up([0, 1], [examples[0], other]))
        own = pack_up([0], examples)
    count = len(own.targets)
    assert torch.equal(before[:count], after[:count])
    assert not torch.allclose(before[count:], after[count:])


def test_what_is_shared_goes_through_once() -> None:
    one = pair([5, 6, 7], [8, 9, 10, 11, 2], [8, 9, 12, 2])
    pack = pack_up([0], [one])
    assert pack.length == 3 + 2 + 3 + 2 == tokens_of(one, share=True)
    assert pack.positions == (0, 1, 2, 3, 4, 5, 6, 7, 5, 6)
    assert pack.targets == (10, 11, 2, 12, 2)
    assert pack.sources == (4, 5, 6, 4, 8)
    assert tokens_of(one, share=False) == 2 * 3 + 5 + 4 == pack_up([0], [one], share=False).length


def test_penalty_and_anchor_hold_the_chosen_text() -> None:
    """DPO-Positive adds lambda * max(0, -gain) inside; the anchor the mean of -log p over chosen."""
    one = pair([5, 6], [7, 8, 2], [9, 8, 2])
    pack = pack_up([0], [one])
    found = torch.tensor([-1.0, -2.0, -1.5, -0.5, -0.5, -1.0])
    before = torch.tensor([-0.5, -1.0, -1.0, -1.0, -1.0, -1.0])
    recipe = Recipe(method="dpo", beta=0.3, dpop=5.0, anchor=0.5)
    made = dpo_loss(found, before, pack, recipe)
    gain, other = -2.0, 1.0
    want = math.log1p(math.exp(-0.3 * (gain - other - 5.0 * 2.0)))
    assert made.preference == pytest.approx(want, rel=1e-6)
    assert float(made.loss) == pytest.approx(want + 0.5 * 1.5, rel=1e-6)
    assert made.margins == pytest.approx((0.3 * -3.0,))
    assert made.chosen == pytest.approx((-2.0,))


def test_vocabulary_is_random_enough() -> None:
    assert len({token for one in pairs(20) for token in one.chosen.ids}) > VOCABULARY // 2
