"""What tests of the report share: its texts."""

import pytest

from nplm.parameters import read_yaml
from nplm.report.texts import Texts
from tests.conftest import ROOT


@pytest.fixture
def texts() -> Texts:
    """Return the texts in English."""
    return Texts(read_yaml(ROOT / "nplm" / "report" / "texts.yaml"), "en")
