"""OpenVINO for the whole program, imported so that it reports nothing to anybody."""

import sys
from types import ModuleType
from typing import cast

# Merely importing OpenVINO sends usage events through its companion package unless the user opted out. A module
# entry of None makes that package "not installed", for which OpenVINO carries a silent stand-in.
if "openvino_telemetry" not in sys.modules:
    sys.modules["openvino_telemetry"] = cast(ModuleType, None)

import openvino as ov

__all__ = ["ov"]
