"""The forward pass of an adapted layer, W x + s B A x, with as few and as small tensors as it takes.

peft's layers (Hu et al., arXiv 2106.09685, section 4.1) turn their input into fp32 and back, and make three
tensors of the output's size where one is enough. Here the adapter's product is added to the base's in place,
and what is kept for the gradient is the input, which the layer before has anyway, and A x.
"""

from __future__ import annotations

from types import MethodType
from typing import Any

import torch
from torch import Tensor, nn


def lean(model: Any) -> Any:
    """The model, with this forward pass in every plain linear layer that peft adapted; others keep theirs."""
    from peft.tuners.lora import Linear

    for layer in model.modules():
        if type(layer) is Linear and type(layer.base_layer) is nn.Linear and _alone(layer):
            layer.forward = MethodType(_forward, layer)
    return model


def _alone(layer: Any) -> bool:
    """It has one adapter, of two matrices and nothing else."""
    name, *others = layer.lora_A
    plain = isinstance(layer.lora_dropout[name], nn.Identity) and not layer.lora_variant
    fixed = not any(one.requires_grad for one in layer.base_layer.parameters())
    return not others and plain and fixed and layer.lora_B[name].bias is None


def _forward(layer: Any, states: Tensor) -> Tensor:
    """The layer's output, [..., out], from its input, [..., in]."""
    base = layer.base_layer
    if layer.disable_adapters:
        plain: Tensor = base(states)
        return plain
    (name,) = layer.lora_A
    if torch.is_autocast_enabled(states.device.type):
        states = states.to(torch.get_autocast_dtype(states.device.type))
    with torch.autocast(states.device.type, enabled=False):
        found: Tensor = _Adapted.apply(  # type: ignore[no-untyped-call]
            states,
            base.weight.to(states.dtype),
            None if base.bias is None else base.bias.to(states.dtype),
            layer.lora_A[name].weight,
            layer.lora_B[name].weight,
            layer.scaling[name],
        )
    return found


class _Adapted(torch.autograd.Function):
    """Input [..., in], W [out, in], bias [out], A [r, in], B [out, r] -> [..., out]."""

    @staticmethod
    def forward(
        ctx: Any, states: Tensor, weight: Tensor, bias: Tensor | None, down: Tensor, up: Tensor, scale: float
    ) -> Tensor:
        rows = states.reshape(-1, states.shape[-1])
        inner = rows @ down.t().to(rows.dtype)
        found = nn.functional.linear(rows, weight, bias)
        found.addmm_(inner, up.t().to(rows.dtype), alpha=scale)
        ctx.save_for_backward(rows, weight, inner, down, up)
        ctx.scale = scale
        return found.view(*states.shape[:-1], -1)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, None, None, Tensor, Tensor, None]:
        rows, weight, inner, down, up = ctx.saved_tensors
        pull = gradients[0].reshape(-1, gradients[0].shape[-1])
        pulled = pull @ up.to(pull.dtype)
        by_states = None
        if ctx.needs_input_grad[0]:
            by_states = pull @ weight
            by_states.addmm_(pulled, down.to(pull.dtype), alpha=ctx.scale)
            by_states = by_states.view(*gradients[0].shape[:-1], -1)
        by_down = (pulled.t() @ rows).to(down.dtype).mul_(ctx.scale)
        by_up = (pull.t() @ inner).to(up.dtype).mul_(ctx.scale)
        return by_states, None, None, by_down, by_up, None
