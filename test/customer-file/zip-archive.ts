import { crc32, deflateRawSync } from 'node:zlib';

export interface ZippedFile {
  readonly name: string;
  readonly content: Uint8Array;
  readonly method?: 'stored' | 'deflated';
  readonly encrypted?: boolean;
  /** Sizes and offsets stand in ZIP64 fields, as in archives above 4 GB. */
  readonly zip64?: boolean;
}

/** A zip archive as APPNOTE.TXT describes it, written by hand so that it can also be wrong. */
export function zipArchive(files: readonly ZippedFile[], comment = ''): Buffer {
  const bodies: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, content, method = 'deflated', encrypted = false, zip64 = false } of files) {
    const data = method === 'stored' ? Buffer.from(content) : deflateRawSync(content);
    const nameBytes = Buffer.from(name);
    const common = Buffer.alloc(22);
    common.writeUInt16LE(zip64 ? 45 : 20, 0);
    common.writeUInt16LE(encrypted ? 1 : 0, 2);
    common.writeUInt16LE(method === 'stored' ? 0 : 8, 4);
    common.writeUInt32LE(crc32(content), 10);
    common.writeUInt32LE(zip64 ? 0xffffffff : data.length, 14);
    common.writeUInt32LE(zip64 ? 0xffffffff : content.length, 18);
    const lengths = Buffer.alloc(4);
    lengths.writeUInt16LE(nameBytes.length, 0);
    const local = Buffer.concat([Buffer.from('504b0304', 'hex'), common, lengths, nameBytes]);

    const extra = zip64 ? zip64Extra(content.length, data.length, offset) : Buffer.alloc(0);
    const rest = Buffer.alloc(18);
    rest.writeUInt16LE(nameBytes.length, 0);
    rest.writeUInt16LE(extra.length, 2);
    rest.writeUInt32LE(zip64 ? 0xffffffff : offset, 14);
    directory.push(Buffer.concat([Buffer.from('504b01021400', 'hex'), common, rest, nameBytes, extra]));
    bodies.push(local, data);
    offset += local.length + data.length;
  }
  const listed = Buffer.concat(directory);
  const wide = files.some(({ zip64 }) => zip64 === true);
  const end = Buffer.alloc(22);
  end.write('504b0506', 0, 'hex');
  end.writeUInt16LE(wide ? 0xffff : files.length, 8);
  end.writeUInt16LE(wide ? 0xffff : files.length, 10);
  end.writeUInt32LE(wide ? 0xffffffff : listed.length, 12);
  end.writeUInt32LE(wide ? 0xffffffff : offset, 16);
  end.writeUInt16LE(comment.length, 20);
  return Buffer.concat([
    ...bodies,
    listed,
    wide ? zip64End(files.length, listed.length, offset) : Buffer.alloc(0),
    end,
    Buffer.from(comment, 'latin1'),
  ]);
}

function zip64Extra(size: number, packedSize: number, offset: number): Buffer {
  const extra = Buffer.alloc(28);
  extra.writeUInt16LE(1, 0);
  extra.writeUInt16LE(24, 2);
  for (const [index, value] of [size, packedSize, offset].entries())
    extra.writeBigUInt64LE(BigInt(value), 4 + 8 * index);
  return extra;
}

function zip64End(entries: number, size: number, offset: number): Buffer {
  const end = Buffer.alloc(56);
  end.write('504b0606', 0, 'hex');
  end.writeBigUInt64LE(44n, 4);
  for (const [index, value] of [entries, entries, size, offset].entries())
    end.writeBigUInt64LE(BigInt(value), 24 + 8 * index);
  const locator = Buffer.alloc(20);
  locator.write('504b0607', 0, 'hex');
  locator.writeBigUInt64LE(BigInt(offset + size), 8);
  locator.writeUInt32LE(1, 16);
  return Buffer.concat([end, locator]);
}
