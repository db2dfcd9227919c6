"""A file system that shows a folder and takes some time for each request: slow-medium.py FOLDER MOUNTPOINT SECONDS

It ends, and unmounts itself, when its input ends: with the process that has started it, whatever happens to that.
"""

import errno
import os
import signal
import sys
import threading
import time

try:
    # Debian's name for it.
    from fusepy import FUSE, FuseOSError, Operations
except ImportError:
    from fuse import FUSE, FuseOSError, Operations

folder, mountpoint, latency = sys.argv[1], sys.argv[2], float(sys.argv[3])


class Slow(Operations):
    def __call__(self, op, path, *args):
        time.sleep(latency)
        if not hasattr(self, op):
            raise FuseOSError(errno.ENOSYS)
        try:
            return getattr(self, op)(folder + path, *args)
        except OSError as error:
            raise FuseOSError(error.errno) from error

    def getattr(self, path, handle=None):
        found = os.lstat(path)
        names = "st_mode st_ino st_dev st_nlink st_uid st_gid st_size st_atime st_mtime st_ctime".split()
        return {name: getattr(found, name) for name in names}

    # Names alone: what they are has to be asked for each.
    def readdir(self, path, handle):
        return [".", "..", *os.listdir(path)]

    def statfs(self, path):
        found = os.statvfs(path)
        return {name: getattr(found, name) for name in ("f_bsize", "f_blocks", "f_bfree", "f_bavail")}

    def open(self, path, flags):
        return os.open(path, flags)

    def create(self, path, mode, info=None):
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, mode)

    def read(self, path, size, offset, handle):
        return os.pread(handle, size, offset)

    def write(self, path, data, offset, handle):
        return os.pwrite(handle, data, offset)

    def truncate(self, path, length, handle=None):
        os.truncate(path, length)

    def flush(self, path, handle):
        return 0

    def fsync(self, path, datasync, handle):
        os.fsync(handle)

    def release(self, path, handle):
        os.close(handle)

    def utimens(self, path, times=None):
        os.utime(path, times)

    def rename(self, path, to):
        os.rename(path, folder + to)

    # Called with the new name first.
    def link(self, path, existing):
        os.link(folder + existing, path)

    def symlink(self, path, leads_to):
        os.symlink(leads_to, path)

    def readlink(self, path):
        return os.readlink(path)

    def mkdir(self, path, mode):
        os.mkdir(path, mode)

    def rmdir(self, path):
        os.rmdir(path)

    def unlink(self, path):
        os.unlink(path)

    def chmod(self, path, mode):
        os.chmod(path, mode)

    def chown(self, path, user, group):
        os.chown(path, user, group)


def end_with_input():
    sys.stdin.buffer.read()
    os.kill(os.getpid(), signal.SIGTERM)


threading.Thread(target=end_with_input, daemon=True).start()
FUSE(Slow(), mountpoint, foreground=True, fsname="slow", default_permissions=False)
