"""The commands of models: the list of them, rolling back. The dock's command is app.docks's."""

from PySide6.QtCore import QObject

from app.actions import Actions
from app.finetune.promotion import Promotion
from app.models.models_control import ModelsControl


class FinetuneCommands(QObject):
    """Connects the commands of the menu Model."""

    def __init__(self, actions: Actions, promotion: Promotion, models: ModelsControl) -> None:
        super().__init__(actions)
        actions.by_name["models"].triggered.connect(models.show)
        actions.by_name["roll_back"].triggered.connect(promotion.roll_back)
        actions.put_to_use("models", "roll_back")
