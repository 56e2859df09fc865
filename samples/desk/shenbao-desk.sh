#!/bin/sh
# The desk for the person at this machine: starts it where nobody else gets in, and opens the browser.
set -eu
dir=${1:-"$HOME/申报工作台"}
port=8750
if ! curl -s -o /dev/null "http://127.0.0.1:$port/"; then
  shenbao desk -d "$dir" --listen "127.0.0.1:$port" &
  trap 'kill $! 2>/dev/null' EXIT INT TERM
  for _ in 1 2 3 4 5 6 7 8 9 10; do curl -s -o /dev/null "http://127.0.0.1:$port/" && break; sleep 0.5; done
fi
xdg-open "http://127.0.0.1:$port/" || echo "http://127.0.0.1:$port/"
wait
