"""The Space's entry; `python app.py` opens the same page anywhere. Everything else is `lueur serve`."""

import os
import sys
import tempfile


def main() -> int:
    if "SPACE_ID" in os.environ:  # a page of strangers: everyone a tenant of their own
        os.environ.setdefault("LUEUR_MODE", "demo")
        os.environ.setdefault("LUEUR_HOST", "0.0.0.0")
        os.environ.setdefault("LUEUR_HOME", tempfile.mkdtemp(prefix="lueur-"))  # no disk is kept there anyway
    from assistant import cli
    from models import text, vision

    text.export()  # a Space installs requirements.txt alone; elsewhere `make install` has done this
    vision.export()
    return cli.main(["serve"])


if __name__ == "__main__":
    sys.exit(main())
