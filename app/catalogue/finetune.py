"""The commands of models: finetuning, the list of models, which one predicts. Plain data."""

from app.catalogue.command import Command

GROUP = "Model"

COMMANDS = (
    Command("finetune", "&Finetune", ("Ctrl+T",), GROUP, checkable=True, ready=False),
    Command("models", "&Models…", ("Ctrl+M",), GROUP, ready=False),
    Command("choose_model", "&Predict with a file…", ("Ctrl+Shift+M",), GROUP),
    Command("roll_back", "&Roll back to the model before", (), GROUP, ready=False),
)
