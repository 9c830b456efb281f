"""Random project trees: odd names, links, loops and special files."""

import os
import pathlib
import socket

NAMES = [
    "a", "b", "pkg", "a.py", " ", " a ", "-rf", "--help", '"', "'", "\\", "$HOME", "*", "[x]", "#", "%41", "!a", "~", "é", "日本",
    "e\u0301", "new\nline", "tab\t", "\x1b[31m", "\u202e", "a" * 255, "n" * 120, "data.bin", "CON", "x:y", "..a", "a..", "...",
]
LENGTHS = [0, 1, 511, 512, 513, 4095, 4096, 32_768, 32_769, 65_536, 262_144]


def paths(random, most):
    """Random paths, each below earlier ones of them or beside them."""
    folders = [""]
    for _ in range(random.randrange(most)):
        name = random.choice(NAMES)
        path = f"{random.choice(folders)}/{name}".lstrip("/")
        if len(path) < 900 and path not in folders:
            yield path, folders


def fill(root, random, outside, special=True, most=14):
    """Fills a folder. Links lead inside, outside, nowhere or in a circle. Returns the special files."""
    odd = []
    for path, folders in paths(random, most):
        place = root / path
        if os.path.lexists(place) or not place.parent.is_dir() or place.parent.is_symlink():
            continue
        kind = random.choice(["file"] * 6 + ["folder"] * 4 + ["link"] * 3 + ["special"] * special)
        if kind == "file":
            place.write_bytes(bytes([random.randrange(256)]) * random.choice(LENGTHS))
            place.chmod(random.choice([0o400, 0o600, 0o644, 0o664, 0o755, 0o777, 0o4755]))
        elif kind == "folder":
            place.mkdir()
            folders.append(path)
        elif kind == "link":
            inside = random.choice(["", *folders]) or "."
            up = "../" * path.count("/")
            targets = [up + inside, up + "nowhere", pathlib.Path(path).name, up + "../outside/secret.txt", str(outside), "/etc/passwd", up + "."]
            place.symlink_to(random.choice(targets))
        else:
            special_file(place, random)
            odd.append(path)
    return odd


def special_file(place, random):
    kind = random.choice(["fifo", "socket", "device"])
    if kind == "socket" and len(os.fsencode(place)) < 100:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(str(place))
    elif kind == "device" and os.geteuid() == 0:
        os.mknod(place, 0o20666, os.makedev(1, 5))
    else:
        os.mkfifo(place)
