"""What the bundle leaves out and takes in, on lists like PyInstaller's. The built bundle: .ci/check_bundle."""

import importlib.util
import struct
import sys
from pathlib import Path
from types import ModuleType

import pytest
from PySide6.QtGui import QImage


def load(repository: Path, name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(
        f"bundle_{name}", repository / ".ci" / "bundle" / f"{name}.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def contents(repository: Path) -> ModuleType:
    return load(repository, "contents")


def test_what_only_developers_need_is_left_out_and_counted(contents: ModuleType, tmp_path: Path) -> None:
    source = tmp_path / "file"
    source.write_bytes(bytes(3 << 20))
    gone = [
        "torch/bin/test_jit", "torch/bin/FileStoreTest", "torch/bin/protoc-3.13.0.0", "torch/test/Dict_test",
        "torch/lib/libtorchbind_test.so", "torch/include/ATen/ATen.h", "openvino/include/openvino/op.hpp",
        "openvino/libs/libopenvino_intel_gpu_plugin.so", "openvino\\libs\\openvino_intel_npu_plugin.dll",
        "openvino/libs/libopenvino_onnx_frontend.so.2641", "PySide6/Qt/translations/qt_de.qm",
        "PySide6/Qt/plugins/platforms/libqvnc.so", "PySide6/Qt/plugins/platformthemes/libqgtk3.so",
        "resources/sample/render.py", "torch-2.13.0.dist-info/direct_url.json",
    ]  # fmt: skip
    kept = [
        "torch/bin/torch_shm_manager", "torch/lib/libtorch_cpu.so", "torch/nn/functional.py",
        "openvino/libs/libopenvino_intel_cpu_plugin.so", "openvino/libs/libopenvino_pytorch_frontend.so.2641",
        "openvino/frontend/pytorch/utils.pyc", "PySide6/Qt/plugins/platforms/libqxcb.so",
        "PySide6/Qt/plugins/platforms/libqoffscreen.so", "PySide6/Qt/plugins/platforms/libqwayland.so",
        "PySide6/Qt/plugins/imageformats/libqsvg.so", "resources/weights/cagdde-lite.safetensors",
        "resources/sample/sample.mp4", "torch-2.13.0.dist-info/METADATA",
    ]  # fmt: skip
    left_out = contents.LeftOut()
    entries = [(place, str(source), "BINARY") for place in gone + kept]
    links = [
        ("libtorchbind_test.so", "torch/lib/libtorchbind_test.so", "SYMLINK"),
        ("libtorch_cpu.so", "torch/lib/libtorch_cpu.so", "SYMLINK"),
    ]
    found = [place for place, _, _ in left_out.filter(entries + links)]
    assert found == [*kept, "libtorch_cpu.so"]
    report = left_out.report()
    assert "    15.0  torch: programs, tests" in report
    assert sum(float(line.split()[0]) for line in report.splitlines()) == 3 * len(gone)


def test_torch_keeps_the_sources_that_it_reads(contents: ModuleType) -> None:
    modules = contents.modules_with_source()
    assert {"torch.nn.functional", "torch.distributed.config", "torch.nn.modules.rnn"} <= set(modules)
    assert "torch" not in modules, "it would speak for every module below it"
    assert len(modules) < 100


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="libraries are looked at on Linux alone")
def test_stripping_keeps_what_is_not_asked_for(contents: ModuleType, tmp_path: Path) -> None:
    import torch

    library = Path(torch.__file__).parent / "lib" / "libc10.so"
    entries = [
        ("torch/lib/libc10.so", str(library), "BINARY"),
        ("other/libc10.so", str(library), "BINARY"),
        ("torch/lib/link.so", "libc10.so", "SYMLINK"),
    ]
    stripped = contents.LeftOut().stripped(entries, tmp_path)
    assert [place for place, _, _ in stripped] == [place for place, _, _ in entries]
    assert stripped[1:] == entries[1:]
    assert Path(stripped[0][1]).stat().st_size <= library.stat().st_size


def test_icons_hold_pictures_of_the_sizes_they_name(repository: Path, tmp_path: Path) -> None:
    icons = load(repository, "icons")
    svg = repository / "resources" / "icons" / "app.svg"
    data = icons.write_ico(svg, tmp_path / "app.ico").read_bytes()
    zero, kind, count = struct.unpack_from("<HHH", data)
    assert (zero, kind, count) == (0, 1, 7)
    for number in range(count):
        width, _, _, _, _, _, size, offset = struct.unpack_from("<BBBBHHII", data, 6 + 16 * number)
        picture = QImage.fromData(data[offset : offset + size])
        assert picture.width() == (width or 256)
        assert picture.pixelColor(picture.width() // 2, picture.width() // 2).alpha() > 0
    data = icons.write_icns(svg, tmp_path / "app.icns").read_bytes()
    assert data[:4] == b"icns"
    assert struct.unpack_from(">I", data, 4) == (len(data),)


def test_licences_are_those_of_what_is_inside(repository: Path, tmp_path: Path) -> None:
    licences = load(repository, "licences")
    entries = licences.licences({"torch", "PySide6", "pycocotools"}, tmp_path)
    folders = {Path(place).parts[1].split("-")[0] for place, _, _ in entries}
    assert folders - {"pyinstaller"} == {"torch", "Qt", "pycocotools", "Python"}
    texts = {place: Path(source).read_text(errors="replace") for place, source, _ in entries}
    assert "PySide6_Essentials" in texts["licences/Qt/LICENCE.txt"]
    assert "Lesser General Public" in texts["licences/Qt/LICENCE.txt"]
    assert any("PYTHON SOFTWARE FOUNDATION" in text for text in texts.values())
