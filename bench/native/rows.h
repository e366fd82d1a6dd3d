// Rows of the generated files turned into lines of digests. It knows what those files hold and no more: it ends the process
// at a cell beyond ASCII in a column that is sent, and at a value longer than one block of SHA-256 takes.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "sha256.h"

enum kind { NOT_SENT, EMAIL, PHONE, MAID };
#define MAX_COLUMNS 64
#define MAX_MESSAGE 55

typedef struct {
  int columns;
  enum kind kinds[MAX_COLUMNS];
  // Two messages, all zero beyond what is in use; one is hashed when both are there.
  uint8_t blocks[2][64] __attribute__((aligned(64)));
  char *targets[2];
  int waiting;
} rows;

static void give_up(const char *why) {
  fprintf(stderr, "%s\n", why);
  exit(1);
}

static void hash_waiting(rows *state) {
  char nowhere[64];
  if (state->waiting == 0) return;
  if (state->waiting == 1) state->targets[1] = nowhere;
  sha256_pair(state->blocks, state->targets);
  memset(state->blocks, 0, sizeof state->blocks);
  state->waiting = 0;
}

static inline int is_space(uint8_t byte) { return byte == ' ' || (byte >= 9 && byte <= 13); }
static inline int is_digit(uint8_t byte) { return (uint8_t)(byte - '0') < 10; }
static inline int is_hex(uint8_t byte) { return is_digit(byte) || (uint8_t)((byte | 32) - 'a') < 6; }
static inline uint8_t lower(uint8_t byte) { return byte + ((uint8_t)(byte - 'A') < 26 ? 32 : 0); }

static int is_hash(const uint8_t *start, const uint8_t *end) {
  if (end - start != 64) return 0;
  while (start < end && is_hex(*start)) start++;
  return start == end;
}

// The rules write what is to be hashed and return where it ends; NULL for what is no such identifier.

static uint8_t *email(const uint8_t *at, const uint8_t *end, uint8_t *to) {
  const uint8_t *start = to;
  for (; at < end && *at != '@' && *at != '+'; at++) {
    if (*at != '.') *to++ = lower(*at);
  }
  while (at < end && *at != '@') at++;
  if (at == end || to == start) return NULL;
  for (; at < end; at++) *to++ = lower(*at);
  return to;
}

static uint8_t *phone(const uint8_t *at, const uint8_t *end, uint8_t *to) {
  if (*at == '+') at++;
  else if (end - at > 2 && at[0] == '0' && at[1] == '0') at += 2;
  else return NULL;
  *to++ = '+';
  for (; at < end; at++) {
    if (is_digit(*at)) *to++ = *at;
  }
  return to;
}

static uint8_t *maid(const uint8_t *at, const uint8_t *end, uint8_t *to) {
  if (end - at != 36) return NULL;
  while (at < end) *to++ = lower(*at++);
  return to;
}

// Writes the digest of a cell, or nothing; returns where the line goes on.
static inline char *add_cell(rows *state, enum kind kind, const uint8_t *start, const uint8_t *end, char *out) {
  while (start < end && is_space(*start)) start++;
  while (end > start && is_space(end[-1])) end--;
  if (start == end) return out;
  if (is_hash(start, end)) {
    for (; start < end; start++) *out++ = (char)lower(*start);
    return out;
  }
  if (end - start > MAX_MESSAGE) give_up("A value is too long for this program.");
  uint8_t *block = state->blocks[state->waiting];
  uint8_t *to = kind == EMAIL ? email(start, end, block) : kind == PHONE ? phone(start, end, block) : maid(start, end, block);
  if (to == NULL) {
    memset(block, 0, 64);
    return out;
  }
  const size_t length = (size_t)(to - block);
  *to = 0x80;
  block[62] = (uint8_t)(length >> 5);
  block[63] = (uint8_t)(length << 3);
  state->targets[state->waiting++] = out;
  if (state->waiting == 2) hash_waiting(state);
  return out + 64;
}

// Turns whole records into lines, as long as a record's line surely fits; returns where the lines end.
static char *add_rows(rows *state, const uint8_t **from, const uint8_t *end, char *out, const char *full) {
  const uint8_t *at = *from;
  while (at < end && out < full) {
    char *line = out;
    int digests = 0, beyond_ascii = 0;
    for (int column = 0; column < state->columns; column++) {
      const uint8_t *start = at, *stop;
      uint8_t seen = 0;
      if (*at == '"') {
        start = ++at;
        for (;; at += 2) {
          while (*at != '"') seen |= *at++;
          if (at[1] != '"') break;
        }
        stop = at++;
        if (*at == '\r') at++;
      } else {
        while (*at != ',' && *at != '\n') seen |= *at++;
        stop = at > start && at[-1] == '\r' && *at == '\n' ? at - 1 : at;
      }
      if (*at != (column + 1 < state->columns ? ',' : '\n')) give_up("A record has another number of cells than the header.");
      at++;
      if (state->kinds[column] == NOT_SENT) continue;
      beyond_ascii |= seen;
      char *behind = add_cell(state, state->kinds[column], start, stop, out);
      if (behind != out) digests++;
      *behind = ',';
      out = behind + 1;
    }
    if (beyond_ascii > 127) give_up("A value beyond ASCII is more than this program knows.");
    if (digests == 0) out = line;
    else out[-1] = '\n';
  }
  hash_waiting(state);
  *from = at;
  return out;
}
