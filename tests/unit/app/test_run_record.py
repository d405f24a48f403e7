"""What the window keeps of the events of a finetuning, and what it does with those it does not know."""

from app.finetune.run_record import RunRecord


def step(number: int, total: float) -> dict[str, object]:
    return {"event": "step", "iteration": number, "iterations": 8, "terms": {"total": total}, "rate": 1e-3}


def test_a_resumed_run_tells_iterations_again() -> None:
    record = RunRecord()
    for number in (1, 2, 3, 4):
        record.take(step(number, 10.0 - number))
    for number in (3, 4, 5):
        record.take(step(number, 1.0))
    assert record.terms["total"] == ([1, 2, 3, 4, 5], [9.0, 8.0, 1.0, 1.0, 1.0])
    assert (record.iteration, record.done, record.total) == (5, 5, 8)


def test_unknown_events_and_fields_are_ignored() -> None:
    record = RunRecord()
    record.take({"event": "moon phase"})
    record.take({"event": "take", "value": 1})
    record.take({"event": "selection", "iteration": 0, "j": 0.5, "max_f": None})
    assert record.selection == {"j": ([0], [0.5])}


def test_memory_that_ran_out_is_told() -> None:
    record = RunRecord()
    record.take({"event": "oom", "batch": 2, "accumulate": 4})
    assert record.notes == ["Memory ran out: each step runs in 4 parts now."]


def test_what_it_does_is_said_in_words() -> None:
    record = RunRecord()
    seen: list[str] = []
    for event in (
        {"event": "started", "device": "cpu", "threads": 1, "iterations": 8},
        {"event": "preparing", "done": 2, "total": 6},
        step(1, 3.0),
        {"event": "choosing", "a": 0.5},
        {"event": "reporting", "done": 1, "total": 4},
    ):
        record.take(event)
        seen.append(f"{record.doing} {record.done}/{record.total}")
    assert seen == [
        "Reading the frames… 0/0",
        "Making views of the frames… 2/6",
        "Training 1/8",
        "Comparing old and new weights… 3/5",
        "Measuring the frames kept for the report… 1/4",
    ]
    assert record.device == "Processor, 1 thread"


def test_a_refit_is_a_phase_with_its_own_progress() -> None:
    record = RunRecord()
    record.take(step(8, 1.0))
    record.take({"event": "refit", "after": 8, "steps": 6, "iterations": 14})
    assert record.iterations == 14
    assert len(record.notes) == 1
    again = {**step(10, 1.0), "iterations": 14, "training": "refit", "step": 2, "steps": 6}
    record.take(again)
    assert (record.brief, record.done, record.total, record.iteration) == ("training again", 2, 6, 10)
