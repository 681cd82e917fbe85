# The quantile p of the ascending numbers on standard input (the nearest rank).
{ x[NR] = $1 }
END {
  at = int(p * NR)
  if (at < p * NR) at++
  print NR ? x[at < 1 ? 1 : at] : 0
}
