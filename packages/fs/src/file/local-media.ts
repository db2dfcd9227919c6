/** What `statfs` gives as the type of file systems that lie in memory or on a disk of this machine. */
const LOCAL: Partial<Record<NodeJS.Platform, ReadonlySet<number>>> = {
  linux: new Set([
    0xef53, // ext2, ext3, ext4
    0x58465342, // XFS
    0x9123683e, // Btrfs
    0xf2f52010, // F2FS
    0x2fc12fc1, // ZFS
    0xca451a4e, // bcachefs
    0x01021994, // tmpfs
    0x858458f6, // ramfs
    0x794c7630, // overlayfs, in containers
  ]),
  darwin: new Set([
    0x11, // HFS+
    0x1a, // APFS
  ]),
}

/** Whether a file system of this type is known to be local; Windows gives all of them the same type. */
export function isLocal(platform: NodeJS.Platform, type: number): boolean {
  // Some types fill 32 bits, which some versions of Node give as negative numbers.
  return LOCAL[platform]?.has(type >>> 0) === true
}
