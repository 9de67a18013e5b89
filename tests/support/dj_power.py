# SPDX-License-Identifier: Apache-2.0
"""A folder as it may look after a power cut, rebuilt from the journal that fault_preload wrote while a job ran.

What was done before a sync of its file began, and that sync ended, is there. So is a name whose folder was synced. Of
everything else any part may be: each page of a write for itself, each change of names for itself; a size may be there
without its bytes. A rename is one change: its file is never without a name. Nothing else is promised, so nothing else is
assumed: not that a synced file keeps its name, nor that changes reach the disk in their order.
"""
import collections
import os
import shutil
import struct

HEAD = struct.Struct("<4sIQQIIQ")
OPEN, WRITE, TRUNCATE, RENAME, UNLINK, MKDIR, LINK, SYNC_BEGIN, SYNC_END, MAP = range(1, 11)
O_TRUNC = os.O_TRUNC
PAGE = 4096
Note = collections.namedtuple("Note", "change inode number path other data")
# How much of what is not durable survives. `sizes`: names and lengths do, bytes do not: the empty or zeroed file that
# follows a rename without fsync. `names`, `bytes`: only changes of names, only of contents.
MODES = ("nothing", "everything", "sizes", "names", "bytes", "any", "most", "few")
SHARES = {"any": 0.5, "most": 0.9, "few": 0.1}


def read_journal(path):
    """The notes of a journal in order. A note that was cut off by a kill is the last, and left out."""
    notes = []
    with open(path, "rb") as file:
        while True:
            raw = file.read(HEAD.size)
            if len(raw) < HEAD.size:
                return notes
            magic, change, inode, number, path_bytes, other_bytes, data_bytes = HEAD.unpack(raw)
            if magic != b"DJJ1":
                raise ValueError(f"{path}: no note at byte {file.tell() - HEAD.size}")
            name, other, data = file.read(path_bytes), file.read(other_bytes), file.read(data_bytes)
            if len(data) < data_bytes:
                return notes
            notes.append(Note(change, inode, number, os.path.normpath(os.fsdecode(name)),
                              os.path.normpath(os.fsdecode(other)) if other else "", data))


class Content:
    """A file without its names: what it held at first, and what was done to it since."""

    def __init__(self, base=b""):
        self.base = base
        self.changes = []  # (when, kind, offset or size, data)
        self.durable_before = 0  # changes noted before are durable

    def after_power_cut(self, rng, mode):
        survives = chooser(rng, mode, of_names=False)
        data, longest = bytearray(self.base), len(self.base)
        for when, kind, number, written in self.changes:
            durable = when < self.durable_before
            if kind == TRUNCATE:
                if durable or survives() or mode == "sizes":
                    resize(data, number)
                    longest = number
                continue
            longest = max(longest, number + len(written))
            begin = number
            while begin < number + len(written):
                end = min(number + len(written), (begin // PAGE + 1) * PAGE)
                if durable or survives():
                    resize(data, max(len(data), end))
                    data[begin:end] = written[begin - number:end - number]
                begin = end
        if longest > len(data) and (mode == "sizes" or (mode in SHARES and rng.random() < 0.5)):
            resize(data, longest)
        return bytes(data)


def resize(data, size):
    del data[size:]
    data.extend(bytes(size - len(data)))


def chooser(rng, mode, of_names):
    """A function that says of each thing that is not durable whether it survived."""
    if mode in SHARES:
        return lambda: rng.random() < SHARES[mode]
    kept = {"everything": True, "nothing": False, "sizes": of_names, "names": of_names, "bytes": not of_names}[mode]
    return lambda: kept


class Disk:
    """The folder `root` of which `before` is a copy from before the journal began: everything in it is durable."""

    FOLDER = "folder"

    def __init__(self, root, before):
        self.root = os.path.realpath(root)
        self.first = {self.root: self.FOLDER}
        self.times = {}  # when the files of `before` were written
        for parent, folders, files in os.walk(before):
            here = os.path.normpath(os.path.join(self.root, os.path.relpath(parent, before)))
            self.first.update({os.path.join(here, name): self.FOLDER for name in folders})
            for name in files:
                with open(os.path.join(parent, name), "rb") as file:
                    self.first[os.path.join(here, name)] = Content(file.read())
                self.times[os.path.join(here, name)] = os.stat(file.name).st_mtime_ns
        self.names = dict(self.first)
        self.inodes = {}
        self.name_changes = []  # (when, kind, path, other path, what has the name)
        self.durable_folders = collections.defaultdict(int)  # folder → name changes noted before are durable
        self.syncs = {}
        self.now = 0
        self.mapped = set()  # written in ways that the journal does not see

    def play(self, notes):
        for note in notes:
            self.now += 1
            getattr(self, {OPEN: "open", WRITE: "write", TRUNCATE: "truncate", RENAME: "rename", UNLINK: "unlink",
                           MKDIR: "mkdir", LINK: "link", SYNC_BEGIN: "sync_begin", SYNC_END: "sync_end",
                           MAP: "map"}[note.change])(note)

    def file(self, note):
        """A file may have been opened before the journal began, or be known under the name alone."""
        if note.inode not in self.inodes:
            self.inodes[note.inode] = self.names[note.path]
        return self.inodes[note.inode]

    def rename_entry(self, kind, path, other, what):
        self.name_changes.append((self.now, kind, path, other, what))
        apply_names(self.names, kind, path, other, what)

    def open(self, note):
        if note.path not in self.names:
            self.inodes[note.inode] = Content()
            self.rename_entry(OPEN, note.path, "", self.inodes[note.inode])
            return
        self.inodes[note.inode] = self.names[note.path]
        if note.number & O_TRUNC:
            self.names[note.path].changes.append((self.now, TRUNCATE, 0, b""))

    def write(self, note):
        self.file(note).changes.append((self.now, WRITE, note.number, note.data))

    def truncate(self, note):
        self.file(note).changes.append((self.now, TRUNCATE, note.number, b""))

    def rename(self, note):
        what = self.names[note.other]
        if what is self.FOLDER:
            raise NotImplementedError(f"a folder changes its name: {note.other}")
        self.rename_entry(RENAME, note.path, note.other, what)

    def link(self, note):
        self.rename_entry(LINK, note.path, "", self.names[note.other])

    def unlink(self, note):
        self.rename_entry(UNLINK, note.path, "", None)

    def mkdir(self, note):
        self.rename_entry(MKDIR, note.path, "", self.FOLDER)

    def map(self, note):
        self.mapped.add(note.path)

    def sync_begin(self, note):
        self.syncs[note.number] = self.now

    def sync_end(self, note):
        begin = self.syncs.pop(note.number)
        if self.names.get(note.path) is self.FOLDER:
            self.durable_folders[note.path] = max(self.durable_folders[note.path], begin)
        else:
            file = self.file(note)
            file.durable_before = max(file.durable_before, begin)

    def after_power_cut(self, rng, mode):
        """Path → bytes, or FOLDER."""
        survives = chooser(rng, mode, of_names=True)
        names = dict(self.first)
        for when, kind, path, other, what in self.name_changes:
            if when < self.durable_folders[os.path.dirname(path)] or survives():
                apply_names(names, kind, path, other, what)
        found, contents = {}, {}
        for path in sorted(names, key=len):
            if path != self.root and os.path.dirname(path) not in found:
                continue  # its folder is gone
            what = names[path]
            if what is not self.FOLDER and id(what) not in contents:
                contents[id(what)] = what.after_power_cut(rng, mode)
            found[path] = what if what is self.FOLDER else contents[id(what)]
        return found


def apply_names(names, kind, path, other, what):
    if kind == UNLINK:
        names.pop(path, None)
        return
    names[path] = what
    if kind == RENAME and names.get(other) is what:
        del names[other]


def build(disk, rng, mode):
    """Makes the folder hold what a power cut leaves. Files that nobody has touched keep their time."""
    found = disk.after_power_cut(rng, mode)
    shutil.rmtree(disk.root)
    for path in sorted(found, key=len):
        if found[path] is Disk.FOLDER:
            os.mkdir(path)
            continue
        with open(path, "wb") as file:
            file.write(found[path])
        if path in disk.times and found[path] == disk.first[path].base:
            os.utime(path, ns=(disk.times[path], disk.times[path]))
