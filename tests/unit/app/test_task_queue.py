"""One thread, tasks in order: results, failures, progress and cancel arrive in the window's thread."""

import threading
import time

import pytest
from pytestqt.qtbot import QtBot

from app.session.records import Failure
from app.session.task_queue import Task, TaskContext, TaskQueue
from app.session.worker_thread import ThreadPark
from core.errors import Cancelled, InputError


@pytest.fixture
def park(qtbot: QtBot):
    park = ThreadPark()
    yield park
    park.ask_all_to_stop()
    qtbot.waitUntil(lambda: not park.names, timeout=10_000)


@pytest.fixture
def tasks(park: ThreadPark) -> TaskQueue:
    return TaskQueue(park, "test", park)


def test_results_come_in_order_and_in_this_thread(tasks: TaskQueue, qtbot: QtBot):
    got: list[tuple[int, bool, bool]] = []
    here = threading.get_ident()
    for number in range(20):
        tasks.submit(
            lambda _, number=number: (number, threading.get_ident() != here),
            lambda result: got.append((*result, threading.get_ident() == here)),
        )
    qtbot.waitUntil(lambda: len(got) == 20)
    assert got == [(number, True, True) for number in range(20)]
    qtbot.waitUntil(lambda: not tasks.tasks)


def test_a_failure_is_one_sentence_and_the_queue_goes_on(tasks: TaskQueue, qtbot: QtBot):
    failures: list[Failure] = []
    done: list[int] = []

    def refuse(_: TaskContext) -> None:
        raise InputError("a.png is no mask.")

    def break_(_: TaskContext) -> None:
        raise RuntimeError("a bug")

    tasks.submit(refuse, failed=failures.append)
    tasks.submit(break_, failed=failures.append, name="Export")
    tasks.submit(lambda _: 7, done.append)
    qtbot.waitUntil(lambda: done == [7])
    assert failures[0].sentence == "a.png is no mask."
    assert failures[1].sentence.startswith("Export failed: a bug.")
    assert "RuntimeError" in failures[1].detail


def test_progress_and_time_left(tasks: TaskQueue, qtbot: QtBot):
    seen: list[tuple[int, int, bool]] = []
    tasks.progressed.connect(lambda task: seen.append((task.done, task.total, task.seconds_left is not None)))

    def work(context: TaskContext) -> None:
        for number in range(1, 4):
            time.sleep(0.06)
            context.report(number, 3)

    with qtbot.waitSignal(tasks.finished):
        tasks.submit(work, name="Count", cancellable=True)
    assert seen[-1] == (3, 3, True)


def test_cancelling_ends_the_running_one_and_skips_the_waiting_one(tasks: TaskQueue, qtbot: QtBot):
    called: list[str] = []
    running = threading.Event()

    def wait(context: TaskContext) -> None:
        running.set()
        while not context.cancelled():
            time.sleep(0.005)
        raise Cancelled("cancelled")

    first = tasks.submit(wait, lambda _: called.append("done"), lambda _: called.append("failed"))
    second = tasks.submit(lambda _: called.append("ran"), lambda _: called.append("done"))
    finished: list[Task] = []
    tasks.finished.connect(finished.append)
    qtbot.waitUntil(running.is_set)
    tasks.cancel_all()
    qtbot.waitUntil(lambda: len(finished) == 2)
    assert finished == [first, second]
    assert called == []


def test_what_waits_is_done_before_the_thread_ends(park: ThreadPark, tasks: TaskQueue, qtbot: QtBot):
    written: list[int] = []
    for number in range(5):
        tasks.submit(lambda _, number=number: (time.sleep(0.02), written.append(number)))
    park.ask_all_to_stop()
    qtbot.waitUntil(lambda: not park.names, timeout=5000)
    assert written == [0, 1, 2, 3, 4]
