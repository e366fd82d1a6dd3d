// SHA-256 of two messages at once with the SHA extensions: one message alone leaves half of the unit idle.
#include <immintrin.h>
#include <stdint.h>

static const uint32_t SHA256_K[64] __attribute__((aligned(64))) = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

// The unit keeps its state as two registers, with the words A B E F and C D G H.
typedef struct {
  __m128i abef, cdgh, words[4];
} sha256_lane;

static inline void sha256_load(sha256_lane *lane, const uint8_t *block) {
  const __m128i big_endian = _mm_set_epi64x(0x0c0d0e0f08090a0bLL, 0x0405060700010203LL);
  lane->abef = _mm_set_epi32(0x6a09e667, (int)0xbb67ae85, 0x510e527f, (int)0x9b05688c);
  lane->cdgh = _mm_set_epi32(0x3c6ef372, (int)0xa54ff53a, 0x1f83d9ab, 0x5be0cd19);
  for (int i = 0; i < 4; i++) {
    lane->words[i] = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)(block + 16 * i)), big_endian);
  }
}

static inline void sha256_four_rounds(sha256_lane *lane, int step) {
  const __m128i keys = _mm_load_si128((const __m128i *)(SHA256_K + 4 * step));
  const __m128i keyed = _mm_add_epi32(lane->words[step & 3], keys);
  lane->cdgh = _mm_sha256rnds2_epu32(lane->cdgh, lane->abef, keyed);
  lane->abef = _mm_sha256rnds2_epu32(lane->abef, lane->cdgh, _mm_shuffle_epi32(keyed, 0x0e));
  if (step >= 12) return;
  __m128i *w = lane->words;
  const __m128i last = w[(step + 3) & 3];
  const __m128i sum = _mm_add_epi32(_mm_sha256msg1_epu32(w[step & 3], w[(step + 1) & 3]),
                                    _mm_alignr_epi8(last, w[(step + 2) & 3], 4));
  w[step & 3] = _mm_sha256msg2_epu32(sum, last);
}

static inline void write_hex(__m128i bytes, char *target) {
  const __m128i digits = _mm_setr_epi8('0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f');
  const __m128i low = _mm_set1_epi8(15);
  const __m128i high_digits = _mm_and_si128(_mm_srli_epi16(bytes, 4), low);
  const __m128i low_digits = _mm_and_si128(bytes, low);
  _mm_storeu_si128((__m128i *)target, _mm_shuffle_epi8(digits, _mm_unpacklo_epi8(high_digits, low_digits)));
  _mm_storeu_si128((__m128i *)(target + 16), _mm_shuffle_epi8(digits, _mm_unpackhi_epi8(high_digits, low_digits)));
}

static inline void sha256_finish(const sha256_lane *lane, char *hex) {
  const __m128i abef = _mm_add_epi32(lane->abef, _mm_set_epi32(0x6a09e667, (int)0xbb67ae85, 0x510e527f, (int)0x9b05688c));
  const __m128i cdgh = _mm_add_epi32(lane->cdgh, _mm_set_epi32(0x3c6ef372, (int)0xa54ff53a, 0x1f83d9ab, 0x5be0cd19));
  const __m128i reversed = _mm_set_epi64x(0x0001020304050607LL, 0x08090a0b0c0d0e0fLL);
  write_hex(_mm_shuffle_epi8(_mm_unpackhi_epi64(cdgh, abef), reversed), hex);
  write_hex(_mm_shuffle_epi8(_mm_unpacklo_epi64(cdgh, abef), reversed), hex + 32);
}

// Two padded messages of one block each; 64 hex digits to each target.
static void sha256_pair(const uint8_t blocks[2][64], char *const targets[2]) {
  sha256_lane one, two;
  sha256_load(&one, blocks[0]);
  sha256_load(&two, blocks[1]);
#pragma GCC unroll 16
  for (int step = 0; step < 16; step++) {
    sha256_four_rounds(&one, step);
    sha256_four_rounds(&two, step);
  }
  sha256_finish(&one, targets[0]);
  sha256_finish(&two, targets[1]);
}
