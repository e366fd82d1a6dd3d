// MD5 (RFC 1321) of a stream of bytes.
#include <stdint.h>
#include <string.h>

typedef struct {
  uint32_t state[4];
  uint64_t bytes;
  uint8_t rest[64];
} md5;

static void md5_begin(md5 *sum) {
  const uint32_t start[4] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476};
  memcpy(sum->state, start, sizeof start);
  sum->bytes = 0;
}

#define MD5_TURN(x, n) (((x) << (n)) | ((x) >> (32 - (n))))
#define MD5_STEP(mixed, a, b, word, key, turn) \
  a += (mixed) + (word) + (uint32_t)(key);     \
  a = MD5_TURN(a, turn) + b;
#define MD5_F(a, b, c, d, i, key, turn) MD5_STEP(d ^ (b & (c ^ d)), a, b, w[i], key, turn)
// The two halves of G never share a bit, so they may be added: one of them does not wait for b.
#define MD5_G(a, b, c, d, i, key, turn) a += c & ~d; MD5_STEP(b & d, a, b, w[i], key, turn)
#define MD5_H(a, b, c, d, i, key, turn) MD5_STEP(b ^ (c ^ d), a, b, w[i], key, turn)
#define MD5_I(a, b, c, d, i, key, turn) MD5_STEP(c ^ (b | ~d), a, b, w[i], key, turn)
#define MD5_FOUR(R, i0, i1, i2, i3, k0, k1, k2, k3, t0, t1, t2, t3) \
  R(a, b, c, d, i0, k0, t0) R(d, a, b, c, i1, k1, t1) R(c, d, a, b, i2, k2, t2) R(b, c, d, a, i3, k3, t3)

static void md5_blocks(md5 *sum, const uint8_t *bytes, size_t blocks) {
  uint32_t a = sum->state[0], b = sum->state[1], c = sum->state[2], d = sum->state[3];
  for (; blocks > 0; blocks--, bytes += 64) {
    uint32_t w[16];
    memcpy(w, bytes, 64);
    const uint32_t a0 = a, b0 = b, c0 = c, d0 = d;
    MD5_FOUR(MD5_F, 0, 1, 2, 3, 0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 7, 12, 17, 22)
    MD5_FOUR(MD5_F, 4, 5, 6, 7, 0xf57c0faf, 0x4787c62a, 0xa8304613, 0xfd469501, 7, 12, 17, 22)
    MD5_FOUR(MD5_F, 8, 9, 10, 11, 0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be, 7, 12, 17, 22)
    MD5_FOUR(MD5_F, 12, 13, 14, 15, 0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821, 7, 12, 17, 22)
    MD5_FOUR(MD5_G, 1, 6, 11, 0, 0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa, 5, 9, 14, 20)
    MD5_FOUR(MD5_G, 5, 10, 15, 4, 0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8, 5, 9, 14, 20)
    MD5_FOUR(MD5_G, 9, 14, 3, 8, 0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed, 5, 9, 14, 20)
    MD5_FOUR(MD5_G, 13, 2, 7, 12, 0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a, 5, 9, 14, 20)
    MD5_FOUR(MD5_H, 5, 8, 11, 14, 0xfffa3942, 0x8771f681, 0x6d9d6122, 0xfde5380c, 4, 11, 16, 23)
    MD5_FOUR(MD5_H, 1, 4, 7, 10, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70, 4, 11, 16, 23)
    MD5_FOUR(MD5_H, 13, 0, 3, 6, 0x289b7ec6, 0xeaa127fa, 0xd4ef3085, 0x04881d05, 4, 11, 16, 23)
    MD5_FOUR(MD5_H, 9, 12, 15, 2, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665, 4, 11, 16, 23)
    MD5_FOUR(MD5_I, 0, 7, 14, 5, 0xf4292244, 0x432aff97, 0xab9423a7, 0xfc93a039, 6, 10, 15, 21)
    MD5_FOUR(MD5_I, 12, 3, 10, 1, 0x655b59c3, 0x8f0ccc92, 0xffeff47d, 0x85845dd1, 6, 10, 15, 21)
    MD5_FOUR(MD5_I, 8, 15, 6, 13, 0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1, 6, 10, 15, 21)
    MD5_FOUR(MD5_I, 4, 11, 2, 9, 0xf7537e82, 0xbd3af235, 0x2ad7d2bb, 0xeb86d391, 6, 10, 15, 21)
    a += a0, b += b0, c += c0, d += d0;
  }
  sum->state[0] = a, sum->state[1] = b, sum->state[2] = c, sum->state[3] = d;
}

static void md5_add(md5 *sum, const uint8_t *bytes, size_t length) {
  const size_t kept = sum->bytes % 64;
  sum->bytes += length;
  if (kept > 0) {
    const size_t taken = length < 64 - kept ? length : 64 - kept;
    memcpy(sum->rest + kept, bytes, taken);
    if (kept + taken < 64) return;
    md5_blocks(sum, sum->rest, 1);
    bytes += taken, length -= taken;
  }
  md5_blocks(sum, bytes, length / 64);
  memcpy(sum->rest, bytes + length / 64 * 64, length % 64);
}

static void md5_end(md5 *sum, uint8_t digest[16]) {
  const uint64_t bits = sum->bytes * 8;
  uint8_t padding[72] = {0x80};
  const size_t zeros = (119 - sum->bytes % 64) % 64;
  memcpy(padding + 1 + zeros, &bits, 8);
  md5_add(sum, padding, 1 + zeros + 8);
  memcpy(digest, sum->state, 16);
}
