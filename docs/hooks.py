"""What MkDocs does beside its own work: figures are filled in from the records, and the rules get their places."""

from pathlib import Path
from typing import Any

import figures  # MkDocs finds what lies beside a hook
from mkdocs.config.defaults import MkDocsConfig

_ROOT = Path(__file__).parent.parent


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """List the pages of the rules in the navigation, which mkdocs.yml names by their folder."""
    pages = sorted(
        (_ROOT / "docs" / "reference" / "rules").glob("*.md"), key=lambda page: (page.stem != "index", page.stem)
    )
    reference = next(section["Reference"] for section in config.nav or [] if "Reference" in section)
    for entry in reference:
        if isinstance(entry, dict) and "reference/rules/" in entry.values():
            (title,) = entry
            entry[title] = [f"reference/rules/{page.name}" for page in pages]
    return config


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Replace the placeholders of a page of findings by figures, and show its title."""
    if not page.file.src_uri.startswith("findings/"):
        return markdown
    text: str = figures.render(markdown)
    return text if text.startswith("# ") else f"# {page.meta['title']}\n\n{text}"
