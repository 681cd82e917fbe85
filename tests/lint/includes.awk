# The include law: a room includes only itself and rooms to its left. Rooms
# of one rank do not know one another. `known` lists every file there is.
BEGIN {
  split("base num data grad metric model run explain plot session lua app", rooms, " ")
  split("1 2 3 3 3 4 5 6 7 8 9 10", ranks, " ")
  for (i in rooms) rank[rooms[i]] = ranks[i] + 0
  while ((getline file <known) > 0) exists[file] = 1
}

function room_of(file, parts) {
  split(file, parts, "/")
  return parts[1] == "core" ? parts[2] : parts[1]
}

function resolve(name) {
  if (("core/" name) in exists) return "core/" name
  return name ~ /^(lua|app)\// && name in exists ? name : ""
}

function complain(words) { print FILENAME ":" FNR ": " words }

FNR == 1 {
  room = room_of(FILENAME)
  if (!(room in rank)) complain("the room '" room "' is not in the include law")
}

/^[ \t]*#[ \t]*include[ \t]*"/ {
  split($0, parts, "\"")
  found = resolve(parts[2])
  if (found == "") {
    complain("\"" parts[2] "\" is not found; headers are included as \"room/file.h\"")
    next
  }
  other = room_of(found)
  if (other != room && rank[other] >= rank[room]) complain(room " may not include " other " (\"" parts[2] "\")")
}
