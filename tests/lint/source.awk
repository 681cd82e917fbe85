# Takes comments, strings and character constants out of C, line by line:
# `code` is what the compiler acts on. Other scripts are given after this one.
function strip(line,    out, c, two, quote) {
  out = ""
  while (line != "") {
    c = substr(line, 1, 1)
    two = substr(line, 1, 2)
    if (in_comment) {
      if (two == "*/") { in_comment = 0; line = substr(line, 3) }
      else line = substr(line, 2)
    } else if (two == "/*") { in_comment = 1; line = substr(line, 3) }
    else if (two == "//") line = ""
    else if (c == "\"" || c == "'") { line = after_quote(line, c); out = out c c }
    else { out = out c; line = substr(line, 2) }
  }
  return out
}

function after_quote(line, quote,    i, c) {
  for (i = 2; i <= length(line); i++) {
    c = substr(line, i, 1)
    if (c == "\\") i++
    else if (c == quote) return substr(line, i + 1)
  }
  return ""
}

FNR == 1 { in_comment = 0 }
{ code = strip($0) }
