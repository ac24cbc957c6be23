"""Plots page: what `dvc plots` fills in, with Vega inside instead of from a network."""

from pathlib import Path

from nplm.report.page import vega_script

PAGE = Path(".dvc/plots.html")
"""Named by .dvc/config; DVC looks for it beside that file."""
HTML = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>DVC plots</title>
<script>{script}</script>
<style>
body {{ font: 1rem/1.5 system-ui, sans-serif; }}
table {{ border-spacing: 15px; }}
</style>
</head>
<body>
{{plot_divs}}
</body>
</html>
"""


def plots_page() -> str:
    """Return the page without its plots, which DVC puts in place of {plot_divs}."""
    return HTML.format(script=vega_script())


if __name__ == "__main__":
    PAGE.write_text(plots_page(), "utf-8", newline="\n")
