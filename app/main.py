"""The command cagdde-studio: reads its options, then opens the window or, without a display, works headless.

Nothing heavy is imported here: the window shows before torch, OpenCV and PyAV are loaded.
"""

import argparse
import logging
import sys
from pathlib import Path

from app.display import display_problem
from core.registry import DefaultModel, find_default
from core.resources import sample_clip_path


def main(arguments: list[str] | None = None) -> int:
    """Run the program. Returns the exit code: 0 done, 1 failed, 2 usage."""
    if (words := sys.argv[1:] if arguments is None else arguments)[:1] == ["--finetune-worker"]:
        from core.finetune.worker import main as finetune

        return finetune(words[1:])
    if words[:1] == ["--convert-worker"]:
        from core.inference.convert_worker import main as convert

        return convert(words[1:])
    options = parser().parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    logging.getLogger().handlers[0].setLevel(logging.WARNING)
    if options.self_test:
        from app.self_test import run_self_test

        return run_self_test()
    problem = None if options.headless else display_problem()
    if options.headless or problem is not None:
        from app.headless import run_headless

        return run_headless(
            options.clip or sample_clip_path(), options.model, options.out, options.overwrite, problem
        )
    return run_window(options)


def parser() -> argparse.ArgumentParser:
    """The options of cagdde-studio."""
    result = argparse.ArgumentParser(
        prog="cagdde-studio", description="Video saliency with confidence, live in a window."
    )
    result.add_argument(
        "clip", nargs="?", type=Path, help="video, folder of images or project (default: the sample clip)"
    )
    result.add_argument(
        "--model", type=Path, help="weights file to predict with (default: that of `cagdde model default`)"
    )
    result.add_argument(
        "--headless", action="store_true", help="no window: predict the clip into the folder --out"
    )
    result.add_argument("--out", type=Path, default=Path("out"), help="folder for --headless (default: out)")
    result.add_argument("--overwrite", action="store_true", help="replace results that are in --out already")
    result.add_argument(
        "--self-test",
        action="store_true",
        help="try everything once without touching anything of yours, then end",
    )
    result.add_argument("--startup-probe", action="store_true", help=argparse.SUPPRESS)
    return result


def run_window(options: argparse.Namespace) -> int:
    """Show the window and stay until it is closed."""
    from PySide6.QtWidgets import QApplication

    from app.collector import GarbageCollector
    from app.main_window import MainWindow
    from app.session.background import share_python_often
    from app.settings import load_settings, settings_path
    from app.starter import Starter
    from app.theme import Theme

    application = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(application, QApplication)
    application.setApplicationName("CAG-DDE Studio")
    application.setDesktopFileName("cagdde-studio")
    application.setQuitOnLastWindowClosed(False)
    collector = GarbageCollector(application)
    share_python_often()
    settings, trouble = load_settings(settings_path())
    model = DefaultModel("", options.model) if options.model else find_default()
    troubles = " ".join(filter(None, (trouble, model.notice)))
    window = MainWindow(settings, settings_path(), Theme(application, settings.theme), model.path)
    Starter(window, options.clip, troubles or None, options.startup_probe)
    window.inference.state_changed.connect(collector.settle)
    window.stopped.connect(application.quit)
    window.show()
    return application.exec()


if __name__ == "__main__":
    sys.exit(main())
