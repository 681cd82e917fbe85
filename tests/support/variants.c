/* Damaged files, thrown at the program from outside: cut short, bits flipped,
 * stretches of noise, or noise alone. Whatever they are, `peek` ends in time, with an
 * answer (0) or one line of complaint (3; 7 when its helper died), and never by a signal.
 *
 *   variants PROGRAM COUNT SECONDS FILE...     COUNT of each kind from each file
 *
 * The variants are a function of file, kind and number: what is found is found again. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const char *const kinds[] = {"cut", "flipped", "stretch", "noise"};

static uint64_t state;
static uint64_t draw(uint64_t below) { /* xorshift64*; Marsaglia 2003, Vigna 2016 */
  state ^= state >> 12, state ^= state << 25, state ^= state >> 27;
  return (state * 0x2545f4914f6cdd1d >> 11) % (below ? below : 1);
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static unsigned char *read_all(const char *path, size_t *n) {
  FILE *f = fopen(path, "rb");
  struct stat s;
  if (!f || fstat(fileno(f), &s)) return NULL;
  unsigned char *bytes = malloc((size_t)s.st_size + 1);
  *n = bytes ? fread(bytes, 1, (size_t)s.st_size, f) : 0;
  fclose(f);
  return bytes;
}

static void fill_noise(unsigned char *bytes, size_t n) {
  for (size_t i = 0; i < n; i++) bytes[i] = (unsigned char)draw(256);
}

/* Changes `bytes` in place; returns how many of them are left. */
static size_t damage(unsigned char *bytes, size_t n, int kind) {
  size_t at = draw(n), length = 1 + draw(64);
  switch (kind) {
  case 0: return at;
  case 1:
    for (uint64_t flips = 1 + draw(8); flips && n; flips--) bytes[draw(n)] ^= (unsigned char)(1u << draw(8));
    return n;
  case 2: return fill_noise(bytes + at, n - at < length ? n - at : length), n;
  default:
    length = draw(n < 4096 ? n : 4096);
    fill_noise(bytes, length);
    return length;
  }
}

static int run(const char *program, const char *file, const char *complaint, double seconds, double *took) {
  double start = now();
  pid_t pid = fork();
  if (!pid) {
    int out = open("/dev/null", O_WRONLY), err = open(complaint, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    dup2(out, 1), dup2(err, 2);
    execl(program, program, "peek", "--json", file, (char *)NULL);
    _exit(127);
  }
  int status;
  for (double limit = seconds * 5; waitpid(pid, &status, WNOHANG) == 0;) {
    if (now() - start > limit) kill(pid, SIGKILL);
    nanosleep(&(struct timespec){.tv_nsec = 300000}, NULL);
  }
  *took = now() - start;
  return status;
}

/* NULL when all is well, else what is wrong. */
static const char *judge(int status, double took, double seconds, const char *complaint) {
  static char words[256];
  size_t n;
  int code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  if (took > seconds) return snprintf(words, sizeof words, "took %.1f s", took), words;
  if (WIFSIGNALED(status)) return snprintf(words, sizeof words, "died of signal %d", WTERMSIG(status)), words;
  if (code && code != 3 && code != 7) return snprintf(words, sizeof words, "exit status %d", code), words;
  unsigned char *said = read_all(complaint, &n);
  size_t lines = 0, inert = 1;
  for (size_t i = 0; said && i < n; i++) lines += said[i] == '\n', inert &= said[i] >= 32 || said[i] == '\n';
  free(said);
  if (!inert) return "its complaint would act on a terminal";
  return code && lines != 1 ? "not one line of complaint" : NULL;
}

static int try_file(const char *program, int count, double seconds, const char *path, const char *scratch,
                    int *codes) {
  int bad = 0;
  size_t n;
  char file[512], complaint[512];
  unsigned char *bytes = read_all(path, &n);
  if (!bytes) return fprintf(stderr, "variants: cannot read %s\n", path), 1;
  const char *dot = strrchr(path, '.');
  snprintf(file, sizeof file, "%s/variant%s", scratch, dot && !strchr(dot, '/') ? dot : "");
  snprintf(complaint, sizeof complaint, "%s/complaint", scratch);
  for (int i = 0; i < count * 4; i++) {
    double took;
    state = 88172645463325252u + (uint64_t)i * 0x9e3779b97f4a7c15u + n;
    unsigned char *copy = malloc(n + 1);
    memcpy(copy, bytes, n);
    size_t left = damage(copy, n, i % 4);
    FILE *f = fopen(file, "wb");
    if (!f || fwrite(copy, 1, left, f) != left || fclose(f)) exit(2);
    free(copy);
    int status = run(program, file, complaint, seconds, &took);
    const char *wrong = judge(status, took, seconds, complaint);
    if (WIFEXITED(status)) codes[WEXITSTATUS(status) & 7]++;
    if (wrong) printf("%s: %s %d: %s\n", path, kinds[i % 4], i, wrong), bad++;
  }
  unlink(file), unlink(complaint);
  free(bytes);
  return bad;
}

int main(int argc, char **argv) {
  char scratch[] = "/tmp/variants-XXXXXX";
  int bad = 0, codes[8] = {0};
  if (argc < 5 || !mkdtemp(scratch))
    return fprintf(stderr, "usage: variants PROGRAM COUNT SECONDS FILE...\n"), 2;
  for (int i = 4; i < argc; i++)
    bad += try_file(argv[1], atoi(argv[2]), atof(argv[3]), argv[i], scratch, codes);
  rmdir(scratch);
  printf("%d variants of each of %d files: %d read, %d refused, %d where the helper died, %d faults\n",
         atoi(argv[2]) * 4, argc - 4, codes[0], codes[3], codes[7], bad);
  return bad != 0;
}
