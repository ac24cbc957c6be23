"""One script per stage of dvc.yaml, named like it."""

import sys

from nplm.arithmetic.processor import settle
from nplm.errors import interrupted_on_one_line

sys.excepthook = interrupted_on_one_line
settle()
