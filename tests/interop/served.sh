# Sourced by scripts that ask `fi serve`: `served FI HOME OUTPUT` starts it on a free port over a home, with what it says in a
# file, and sets served_url and served_pid; whoever sources this ends it.

served() {
  "$1" --home "$2" serve --port 0 --json >"$3" 2>/dev/null &
  served_pid=$!
  served_url=
  for _ in $(seq 200); do
    served_url="$(sed -n 's/.*"url": "\(http[^"]*\)".*/\1/p' "$3")"
    [ -z "$served_url" ] || return 0
    sleep 0.1
  done
  echo "fi serve does not listen: $(cat "$3")" >&2
  return 1
}

# `key_of FI HOME NAME`: a new key that may do anything.
key_of() {
  "$1" --home "$2" keys add "$3" --scope admin --json | sed -n 's/.*"key": "\(fi_[^"]*\)".*/\1/p'
}
