"""The published CAG-DDE checkpoint's key names, mapped to ours. Reading files lives in core.network.checkpoint."""

import re

from torch import Tensor

_RULES: tuple[tuple[str, str], ...] = (
    (r"skipblock(\d)\.(conv|bn)\.(.+)", r"reducers.<\1>.\2.\3"),
    (r"pred(\d)\.seg\.(\d)\.(.+)", r"gates.<\1>.segmentation.\2.\3"),
    (r"pred(\d)\.fcn\.(\d)\.(.+)", r"gates.<\1>.confidence.\2.\3"),
    (r"adp(\d)\.conv1\.0\.(.+)", r"fusions.<\1>.to_rgb.\2"),
    (r"adp(\d)\.conv1\.1\.(.+)", r"fusions.<\1>.prelu_rgb.\2"),
    (r"adp(\d)\.conv2\.0\.(.+)", r"fusions.<\1>.to_flow.\2"),
    (r"adp(\d)\.conv2\.1\.(.+)", r"fusions.<\1>.prelu_flow.\2"),
    (r"adp(\d)\.fusion\.(.+)", r"fusions.<\1>.fusion.\2"),
    (r"aspp\.aspp(\d)\.atrous_convolution\.(.+)", r"aspp.branches.<\1>.0.\2"),
    (r"aspp\.aspp(\d)\.bn\.(.+)", r"aspp.branches.<\1>.1.\2"),
    (r"aspp\.global_avg_pool\.1\.(.+)", r"aspp.pooled.0.\1"),
    (r"aspp\.global_avg_pool\.2\.(.+)", r"aspp.pooled.1.\1"),
    (r"aspp\.conv1\.(.+)", r"aspp.project.0.\1"),
    (r"aspp\.bn1\.(.+)", r"aspp.project.1.\1"),
    (r"refine(\d)\.conv\.([01])\.(.+)", r"stages.{\1}.first.\2.\3"),
    (r"refine(\d)\.conv\.3\.(.+)", r"stages.{\1}.second.0.\2"),
    (r"refine(\d)\.conv\.4\.(.+)", r"stages.{\1}.second.1.\2"),
    (r"last_conv\.([01])\.(.+)", r"stages.0.first.\1.\2"),
    (r"last_conv\.3\.(.+)", r"stages.0.second.0.\1"),
    (r"last_conv\.4\.(.+)", r"stages.0.second.1.\1"),
    (r"last_conv\.6\.(.+)", r"head.\1"),
    (r"((?:conv1|bn1|layer\d)\..+)", r"encoder.\1"),
)
"""Pattern and replacement; <n> counts from 1 there and from 0 here, {n} is their refine stage n, our stage n."""

_MARKS = ("skipblock1.conv.weight", "pred1.seg.0.weight", "adp1.conv1.0.weight", "last_conv.6.weight")


def looks_official(state: dict[str, Tensor]) -> bool:
    """Whether a state dict has the published layout."""
    return all(mark in state for mark in _MARKS)


def convert_official(state: dict[str, Tensor]) -> dict[str, Tensor]:
    """Rename a published state dict to ours. Names that no rule knows are kept, so that loading reports them.

    Args:
        state: keys as published, without a "module." prefix.
    """
    return {_rename(name): value for name, value in state.items()}


def _rename(name: str) -> str:
    for pattern, replacement in _RULES:
        if re.fullmatch(pattern, name):
            renamed = re.sub(pattern, replacement, name)
            renamed = re.sub(r"<(\d)>", lambda match: str(int(match[1]) - 1), renamed)
            return re.sub(r"\{(\d)\}", r"\1", renamed)
    return name
