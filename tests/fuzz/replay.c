/* Feeds every file of the folders named to a fuzz target: what was found once is tried at
 * every `make test`, without a fuzzer. Usage: replay FOLDER... */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int feed(const char *path) {
  struct stat s;
  FILE *file = fopen(path, "rb");
  if (!file || fstat(fileno(file), &s) || !S_ISREG(s.st_mode)) return file ? fclose(file), 0 : -1;
  size_t size = (size_t)s.st_size;
  uint8_t *data =
      malloc(size ? size : 1); /* exactly as long as the file, so that a step past its end is seen */
  int good = data && fread(data, 1, size, file) == size;
  fclose(file);
  fprintf(stderr, "%s\n", path); /* the last line before a crash names the file */
  if (good) LLVMFuzzerTestOneInput(data, size);
  free(data);
  return good ? 1 : -1;
}

int main(int argc, char **argv) {
  int fed = 0;
  for (int i = 1; i < argc; i++) {
    struct dirent *entry;
    DIR *folder = opendir(argv[i]);
    while (folder && (entry = readdir(folder))) {
      char path[4096];
      snprintf(path, sizeof path, "%s/%s", argv[i], entry->d_name);
      int n = feed(path);
      if (n < 0) return fprintf(stderr, "cannot read %s\n", path), 2;
      fed += n;
    }
    if (folder) closedir(folder);
  }
  printf("%d files\n", fed);
  return fed ? 0 : 2;
}
