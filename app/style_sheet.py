"""The style sheet over Fusion: shapes and spacing of the stock widgets. Colours come from a theme's tokens."""

from app.tokens import Tokens
from core.resources import RESOURCES

_TEMPLATE = """
QMainWindow, QDialog {{ background: {window}; }}
QDialogButtonBox {{ dialogbuttonbox-buttons-have-icons: 0; }}
QMenuBar {{ background: {window}; padding: 2px 4px; }}
QMenuBar::item {{ padding: 4px 9px; border-radius: 4px; background: transparent; }}
QMenuBar::item:selected, QMenuBar::item:pressed {{ background: {raised}; }}
QMenu {{ background: {surface}; border: 1px solid {border}; padding: 4px; }}
QMenu::item {{ padding: 5px 28px 5px 26px; border-radius: 4px; }}
QMenu::item:selected {{ background: {accent}; color: {on_accent}; }}
QMenu::item:disabled {{ color: {control}; background: transparent; }}
QMenu::separator {{ height: 1px; background: {border}; margin: 4px 6px; }}
QMenu::indicator {{ width: 14px; height: 14px; left: 6px; }}
QToolTip {{ background: {surface}; color: {text}; border: 1px solid {border}; padding: 4px 6px; }}

QToolButton, QPushButton {{
    background: {raised}; border: 1px solid transparent; border-radius: 5px; padding: 4px 8px; color: {text};
}}
QToolButton {{ background: transparent; padding: 4px; }}
QToolButton:hover, QPushButton:hover {{ background: {pressed}; }}
QToolButton:pressed, QToolButton:checked, QPushButton:pressed {{ background: {pressed}; }}
QToolButton:checked {{ border-color: {control}; }}
QToolButton:focus, QPushButton:focus {{ border-color: {accent}; }}
QToolButton:disabled, QPushButton:disabled {{ color: {control}; }}
QToolButton::menu-indicator {{ image: none; }}
QPushButton {{ border-color: {border}; }}
QPushButton[primary="true"] {{
    background: {accent}; color: {on_accent}; border-color: {accent}; font-weight: 600;
}}
QPushButton[primary="true"]:disabled {{ background: {raised}; color: {control}; border-color: {border}; }}
QPushButton[primary="true"]:hover {{ background: {accent}; border-color: {text}; }}
QPushButton[primary="true"]:focus {{ border-color: {text}; }}

QLineEdit {{
    background: palette(base); border: 1px solid {control}; border-radius: 5px; padding: 3px 6px;
    selection-background-color: {accent}; selection-color: {on_accent};
}}
QLineEdit:focus {{ border-color: {accent}; }}
QLineEdit[wrong="true"] {{ border-color: {danger}; }}

QSpinBox {{
    background: palette(base); border: 1px solid {control}; border-radius: 5px; padding: 2px 2px 2px 5px;
    selection-background-color: {accent}; selection-color: {on_accent};
}}
QSpinBox:focus {{ border-color: {accent}; }}
QSpinBox::up-button, QSpinBox::down-button {{ width: 0; border: none; }}

QCheckBox::indicator {{
    width: 15px; height: 15px; border: 1px solid {control}; border-radius: 4px; background: palette(base);
}}
QCheckBox::indicator:checked {{
    background: {accent}; border-color: {accent}; image: url("{icons}/check-{name}.svg");
}}
QCheckBox::indicator:focus {{ border: 2px solid {text}; width: 13px; height: 13px; }}
QCheckBox::indicator:disabled {{ border-color: {border}; background: {border}; }}

QRadioButton {{ spacing: 7px; padding: 1px 4px 1px 1px; border: 1px solid transparent; border-radius: 4px; }}
QRadioButton:focus {{ border-color: {accent}; }}
QRadioButton:disabled {{ color: {control}; }}
QRadioButton::indicator {{
    width: 12px; height: 12px; border-radius: 7px; border: 1px solid {control}; background: palette(base);
}}
QRadioButton::indicator:disabled {{ border-color: {border}; }}
QRadioButton::indicator:checked {{
    width: 6px; height: 6px; border-width: 4px; border-color: {accent}; background: {on_accent};
}}

QSlider::groove:horizontal {{ height: 4px; background: {pressed}; border-radius: 2px; }}
QSlider::sub-page:horizontal {{ background: {accent}; border-radius: 2px; }}
QSlider::sub-page:horizontal:disabled {{ background: {pressed}; }}
QSlider::handle:horizontal {{
    width: 12px; height: 12px; margin: -5px 0; border-radius: 7px; background: {text}; border: 1px solid {window};
}}
QSlider::handle:horizontal:focus {{ border: 2px solid {accent}; width: 10px; height: 10px; }}
QSlider::handle:horizontal:disabled {{ background: {control}; }}

QProgressBar {{ background: {pressed}; border: none; border-radius: 3px; max-height: 6px; min-height: 6px; }}
QProgressBar::chunk {{ background: {accent}; border-radius: 3px; }}

QTableView {{
    background: {surface}; border: 1px solid {border}; border-radius: 5px; outline: none;
    selection-background-color: {pressed}; selection-color: {text};
}}
QTableView:focus {{ border-color: {accent}; }}
QTableView::item {{ padding: 2px 6px; }}
QHeaderView {{ background: {surface}; border: none; }}
QHeaderView::section {{
    background: {surface}; color: {muted}; border: none; border-bottom: 1px solid {border}; padding: 4px 6px;
}}
QScrollArea {{ background: transparent; border: none; }}
QScrollBar:vertical {{ background: transparent; width: 10px; margin: 0; }}
QScrollBar::handle:vertical {{ background: {control}; border-radius: 4px; min-height: 24px; margin: 1px; }}
QScrollBar:horizontal {{ background: transparent; height: 10px; margin: 0; }}
QScrollBar::handle:horizontal {{ background: {control}; border-radius: 4px; min-width: 24px; margin: 1px; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}

QStatusBar {{ background: {window}; border-top: 1px solid {border}; }}
QStatusBar::item {{ border: none; }}
QStatusBar QLabel {{ padding: 0 4px; }}
QDockWidget::title {{ background: {surface}; padding: 5px 8px; }}
QPlainTextEdit {{ background: {canvas}; border: none; color: {text}; padding: 2px 6px; }}

#pane {{ background: {surface}; border: 1px solid {border}; border-radius: 6px; }}
#pane QToolButton {{ padding: 3px; }}
#paneTitle {{ font-weight: 600; }}
#quiet, #paneReadout {{ color: {muted}; }}
#confidence {{ background: {canvas}; }}
#emptyPage {{ background: {canvas}; border: 1px dashed {control}; border-radius: 8px; }}
#headline {{ font-weight: 600; }}
#refusalMark {{ background: {warning}; border: none; border-radius: 2px; }}
#settingsKeys::item {{ padding: 3px 2px; }}
#plainList {{ background: transparent; border: none; outline: none; }}
#runRow {{ background: {surface}; border: 1px solid {border}; border-radius: 6px; }}
#divider {{ background: {border}; border: none; }}
#card {{ background: {surface}; border: 1px solid {control}; border-radius: 8px; }}
#banner {{ background: {surface}; border: 1px solid {border}; border-left: 4px solid {danger}; border-radius: 4px; }}
#banner[level="notice"] {{ border-left-color: {warning}; }}
#banner[level="done"] {{ border-left-color: {good}; }}
#keyCap {{
    background: {raised}; border: 1px solid {control}; border-radius: 4px; padding: 1px 6px; color: {text};
}}
"""


def style_sheet(tokens: Tokens) -> str:
    """The program's style sheet in the colours of `tokens`."""
    names = Tokens.__dataclass_fields__
    icons = (RESOURCES / "icons").as_posix()
    return _TEMPLATE.format(icons=icons, **{name: getattr(tokens, name) for name in names})
