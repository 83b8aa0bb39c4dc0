# Sourced. Machine-readable lines go to the serial port only, words for people to the screen as well.
state=/run/cumulet

report() { echo "cumulet-linux $*" > /dev/ttyS0; } 2>/dev/null

tell() {
  echo "$*" > /dev/ttyS0
  echo "$*" > /dev/tty1
} 2>/dev/null

uptime_seconds() { cut -d' ' -f1 /proc/uptime; }
