# Lengths of functions, by the look of this house: a definition begins at the
# first column, its head ends with ") {", and "}" at the first column ends it.
# Prints "LINES <tab> FILE:LINE <tab> NAME"; and a complaint for one of over 80
# lines without a comment /* long: reason */ directly above.
function name_of(head) {
  sub(/\(.*/, "", head)
  sub(/[ \t]*$/, "", head)
  sub(/.*[ \t*]/, "", head)
  return head
}

function finish(lines) {
  print lines "\t" FILENAME ":" start "\t" name
  if (lines > 80 && !excused) print FILENAME ":" start ": " name " has " lines " lines; cut it, or say why above"
  inside = head = 0
}

FNR == 1 { inside = head = in_define = in_comment = reason = 0 }

in_define { in_define = /\\$/; next }
/^#/ { in_define = /\\$/; next }

inside { if (/^}/) finish(FNR - start + 1); next }

/^\/\*/ { reason = 0; in_comment = 1 }
in_comment {
  if (/long: *[A-Za-z]/) reason = 1
  if (/\*\/[ \t]*$/) in_comment = 0
  next
}

/^[A-Za-z_]/ && !/^(typedef|struct|union|enum)[^(]*$/ {
  head = 1
  text = ""
  start = FNR
  excused = reason
}
{ reason = 0 }
head {
  text = text " " $0
  if (/;[ \t]*$/ || text ~ /=/ && text !~ /\)[ \t]*\{/) head = 0
  else if (text ~ /\)[ \t]*\{[ \t]*$/) { name = name_of(text); inside = 1; head = 0 }
  else if (text ~ /\)[ \t]*\{.*\}[ \t]*$/) { name = name_of(text); finish(FNR - start + 1) }
}
