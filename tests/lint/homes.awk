# One home for each third-party header: any <...> that is not of the C library
# or the system (the list `system_list`) is included by one file only.
BEGIN {
  while ((getline line <system_list) > 0)
    if (line !~ /^#/) ours[line] = 1
}

/^[ \t]*#[ \t]*include[ \t]*</ {
  header = $0
  sub(/^[^<]*</, "", header)
  sub(/>.*/, "", header)
  if (header in ours) next
  if (!(header in home)) home[header] = FILENAME
  else if (home[header] != FILENAME) print FILENAME ":" FNR ": <" header "> lives in " home[header] " already"
}
