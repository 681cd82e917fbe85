# The core does not print, exit, ask the environment, start a shell or draw
# random numbers of its own. A call is a name before "(" that is not a member;
# the names of `mention` may not appear at all. Comes after source.awk.
BEGIN {
  words("printf fprintf vprintf vfprintf dprintf vdprintf puts fputs putchar putc fputc perror", "prints", call)
  words("exit _exit _Exit quick_exit", "exits", call)
  words("getenv secure_getenv setenv putenv unsetenv clearenv", "asks the environment", call)
  words("system popen", "starts a shell", call)
  words("rand srand random srandom drand48 lrand48 rand_r", "draws from a global generator (see base/random.h)", call)
  words("stdout stderr stdin", "names a standard stream", mention)
  words("environ", "asks the environment", mention)
}

function words(list, why, into,    parts, n, i) {
  n = split(list, parts, " ")
  for (i = 1; i <= n; i++) into[parts[i]] = why
}

{
  rest = code
  before = ""
  while (match(rest, /[A-Za-z_][A-Za-z0-9_]*/)) {
    word = substr(rest, RSTART, RLENGTH)
    before = before substr(rest, 1, RSTART - 1)
    rest = substr(rest, RSTART + RLENGTH)
    member = before ~ /(\.|->)[ \t]*$/
    if (word in mention && !member) print FILENAME ":" FNR ": " word " " mention[word]
    if (word in call && !member && rest ~ /^[ \t]*\(/) print FILENAME ":" FNR ": " word "() " call[word]
    before = before word
  }
}
