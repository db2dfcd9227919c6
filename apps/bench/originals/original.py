"""Does what a benchmark asks of a library in Python: an order is a line of JSON, as is its answer."""

import json
import sys


def graze(order):
    from graze import Graze

    kept = Graze(order["folder"])

    def hits(times, url):
        for _ in range(times):
            kept[url]
        return times

    def downloads(urls):
        for url in urls:
            kept[url]
        return len(urls)

    def listing():
        return sum(1 for _ in kept)

    return {"hits": hits, "downloads": downloads, "listing": listing}


def sshdol(order):
    import paramiko
    from sshdol import SshFiles

    files = SshFiles(
        order["host"],
        user=order["username"],
        port=order["port"],
        key_filename=order["identity"],
        rootdir=order["root"],
        missing_host_key_policy=paramiko.AutoAddPolicy,
    )

    def gets(keys):
        return sum(len(files[key]) for key in keys)

    def sets(key, size):
        files[key] = bytes(size)
        return size

    def listing():
        return sum(1 for _ in files)

    return {"gets": gets, "sets": sets, "listing": listing}


def zipfile(order):
    from zipfile import ZipFile

    path = order["file"]
    kept = ZipFile(path)

    def opened(keys):
        return sum(len(ZipFile(path).read(key)) for key in keys)

    def read(keys):
        return sum(len(kept.read(key)) for key in keys)

    return {"opened": opened, "read": read}


def answer(value):
    print(json.dumps(value), flush=True)


def main():
    library = {"graze": graze, "sshdol": sshdol, "zipfile": zipfile}[sys.argv[1]]
    works = library(json.loads(sys.stdin.readline()))
    answer("ready")
    for line in sys.stdin:
        order = json.loads(line)
        work = works[order.pop("work")]
        answer(work(**order))


main()
