"""Picture: docs/play.png, the page of `make play` after some letters, for README.md.

Needs Chromium with its driver, and the results of the committed parameters.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By

from tests.conftest import ROOT

PICTURE = ROOT / "docs" / "play.png"
TYPED = "licen"
SIZE = "--window-size=820,930"


def main() -> None:
    options = ChromeOptions()
    for argument in ("--headless=new", "--hide-scrollbars", "--no-sandbox", SIZE):
        options.add_argument(argument)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "play.html"
        command = [sys.executable, "-m", "nplm", "page", f"--output={path}"]
        subprocess.run(command, cwd=ROOT, check=True)
        service = Service(shutil.which("chromedriver"))
        with Chrome(options=options, service=service) as browser:
            browser.get(path.as_uri())
            browser.find_element(By.ID, "play-text").send_keys(TYPED)
            browser.save_screenshot(str(PICTURE))


if __name__ == "__main__":
    main()
