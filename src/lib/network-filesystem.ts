/** Linux' numbers of filesystems that live on another machine. */
const network: Record<number, string> = {
  0x6969: 'NFS',
  0x517b: 'SMB',
  0xff534d42: 'CIFS',
  0xfe534d42: 'SMB2',
  0x01021997: '9P',
  0x5346414f: 'AFS',
  0x6b414653: 'AFS',
  0x73757245: 'Coda',
  0x564c: 'NCP',
  0x00c36400: 'Ceph',
  0x0bd00bd0: 'Lustre',
  0x47504653: 'GPFS',
};

/** Name of the network filesystem that `type` (of statfs) stands for, null for all others. */
export function networkFilesystem(type: number): string | null {
  return process.platform === 'linux' ? (network[type >>> 0] ?? null) : null;
}
