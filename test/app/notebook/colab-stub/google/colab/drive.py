"""A Drive that is a folder of this machine: `GRANDMODEL_DRIVE` names it in the edition's own settings."""


def mount(path: str) -> None:
    print(f"mounted {path} (stand-in)")


def flush_and_unmount() -> None:
    print("flushed and unmounted (stand-in)")
