# Every file opens with a comment that says why it exists.
FNR == 1 {
  lua = FILENAME ~ /\.lua$/
  if (lua ? !/^(--|#!)/ : !/^(\/\*|\/\/)/) print FILENAME ":1: does not open with a comment"
}
