#!/bin/sh
# Keeps one program running for as long as this script's standard input is open, so that nothing is
# left behind however the test that started it ends: passed, failed, or killed.
# keeper.sh LOG COMMAND [ARGUMENT...]    prints the program's process id; it leads a group of its own
log=$1
shift
setsid "$@" </dev/null >>"$log" 2>&1 &
pid=$!
# The terminal's Ctrl+C is the test's affair; the end of the input follows from it.
trap '' INT TERM HUP
echo "$pid"
cat >/dev/null
kill -TERM "$pid" 2>/dev/null
tries=0
while kill -0 "$pid" 2>/dev/null && [ "$tries" -lt 50 ]; do
  sleep 0.1
  tries=$((tries + 1))
done
kill -KILL -- "-$pid" 2>/dev/null
wait "$pid" 2>/dev/null
exit 0
