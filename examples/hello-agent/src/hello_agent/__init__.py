"""An agent that says hello, and where from."""

import platform
from importlib.metadata import version
from io import StringIO


async def greet(name: str) -> str:
    """Greets `name`, in a frame that the dependency draws."""
    # Imported where it runs: the caller need not have it.
    from rich.console import Console
    from rich.panel import Panel

    text = f"Hello {name}, this is Python {platform.python_version()} with rich {version('rich')}"
    console = Console(file=StringIO(), width=80)
    console.print(Panel(text))
    return console.file.getvalue()
