/**
 * @file CRC-32C (Castagnoli, reflected polynomial 0x82f63b78), by a table of 256 words, and the masked form in which
 * TFRecord frames store it. Known answer: CRC32C("123456789") = e3069283.
 */

const table = makeTable();

function makeTable(): Uint32Array {
  const words = new Uint32Array(256);
  for (let byte = 0; byte < 256; byte += 1) {
    let word = byte;
    for (let bit = 0; bit < 8; bit += 1) word = (word & 1) === 1 ? (word >>> 1) ^ 0x82f63b78 : word >>> 1;
    words[byte] = word;
  }
  return words;
}

/** The checksum of the bytes, unsigned. */
export function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (let i = 0; i < bytes.length; i += 1) crc = table[(crc ^ bytes[i]!) & 0xff]! ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

/** Rotated right by 15 and offset, so that a checksum of data that holds checksums stays useful (TFRecord). */
export function maskedCrc32c(bytes: Uint8Array): number {
  const crc = crc32c(bytes);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}
