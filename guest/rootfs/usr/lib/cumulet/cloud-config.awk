# Reads the few cloud-config keys this system follows. Prints `password=`, `hostname=`, `key=`, `run=`, and `unknown=`
# for all else, so that nobody has to guess why something did not happen.

function scalar(s) {
  sub(/^[ \t]+/, "", s)
  sub(/[ \t\r]+$/, "", s)
  if (s ~ /^".*"$/) {
    s = substr(s, 2, length(s) - 2)
    gsub(/\\"/, "\"", s)
    gsub(/\\\\/, "\\", s)
  } else if (s ~ /^'.*'$/) {
    s = substr(s, 2, length(s) - 2)
    gsub(/''/, "'", s)
  } else sub(/[ \t]+#.*$/, "", s)
  return s
}

function unknown(what) {
  if (!(what in seen)) print "unknown=" what
  seen[what] = 1
}

/^[ \t]*(#|\r?$)/ || /^---/ { next }

/^[A-Za-z_]+:/ {
  section = $0
  sub(/:.*/, "", section)
  rest = scalar(substr($0, length(section) + 2))
  if (section == "password" || section == "hostname") {
    if (rest ~ /^[|>]/) unknown(section)
    else print section "=" rest
  } else if (section != "ssh_authorized_keys" && section != "runcmd") unknown(section)
  else if (rest != "") unknown(section)
  next
}

/^[ \t]*- / && (section == "ssh_authorized_keys" || section == "runcmd") {
  item = $0
  sub(/^[ \t]*- /, "", item)
  item = scalar(item)
  if (item ~ /^([|>\[{-]|$)/) unknown(section " item " item)
  else print (section == "runcmd" ? "run=" : "key=") item
  next
}

{ unknown(section) }
