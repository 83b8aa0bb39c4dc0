# Prints a JSON document as lines `path/to/0/leaf=value`. Values are written for `printf %b`, so each stays one line.
# No output and status 1 when the document is broken.

function fail() { broken = 1; exit 1 }

function take(pattern,   token) {
  if (!match(rest, "^" pattern)) fail()
  token = substr(rest, 1, RLENGTH)
  rest = substr(rest, RLENGTH + 1)
  sub(/^[ \t\r\n]+/, "", rest)
  return token
}

function hex(digits,   i, n) {
  for (i = 1; i <= length(digits); i++) n = n * 16 + index("0123456789abcdef", tolower(substr(digits, i, 1))) - 1
  return n
}

function character(code) {
  if (code == 10) return "\\n"
  if (code == 92) return "\\\\"
  if (code < 128) return sprintf("%c", code)
  if (code < 2048) return sprintf("\\0%o\\0%o", 192 + int(code / 64), 128 + code % 64)
  return sprintf("\\0%o\\0%o\\0%o", 224 + int(code / 4096), 128 + int(code / 64) % 64, 128 + code % 64)
}

function text(token,   out, c) {
  token = substr(token, 2, length(token) - 2)
  while (match(token, /\\/)) {
    out = out substr(token, 1, RSTART - 1)
    c = substr(token, RSTART + 1, 1)
    if (c == "u") {
      out = out character(hex(substr(token, RSTART + 2, 4)))
      token = substr(token, RSTART + 6)
      continue
    }
    token = substr(token, RSTART + 2)
    if (c == "n") out = out "\\n"
    else if (c == "t") out = out "\t"
    else if (c == "\\") out = out "\\\\"
    else if (c !~ /[rbf]/) out = out c
  }
  return out token
}

function value(path,   key, i) {
  if (rest ~ /^[{]/) {
    take("[{]")
    while (rest !~ /^[}]/) {
      key = text(take(STRING))
      gsub(/[=\/]/, "_", key)
      take(":")
      value(path "/" key)
      if (rest !~ /^[}]/) take(",")
    }
    take("[}]")
  } else if (rest ~ /^\[/) {
    take("\\[")
    for (i = 0; rest !~ /^\]/; i++) {
      value(path "/" i)
      if (rest !~ /^\]/) take(",")
    }
    take("\\]")
  } else if (rest ~ /^"/) lines = lines substr(path, 2) "=" text(take(STRING)) "\n"
  else if (rest ~ /^null/) take("null")
  else lines = lines substr(path, 2) "=" take("(true|false|[-+0-9.eE]+)") "\n"
}

BEGIN { STRING = "\"([^\"\\\\]|\\\\.)*\"" }
{ rest = rest $0 "\n" }
END {
  if (broken) exit 1
  sub(/^[ \t\r\n]+/, "", rest)
  value("")
  printf "%s", lines
}
