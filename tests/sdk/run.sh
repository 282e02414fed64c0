#!/usr/bin/env bash
# The official packages of others against a desk that is being served, and the same life once more by
# the command line: the tickets and the ledgers must be equal. Then schemathesis, as every kind of
# token, on the description the desk gives of itself.
#
# usage: run.sh DESKBELL CACHE    the program, and where the packages are kept
set -Eeuo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
deskbell=$(realpath "$1")
cache=$2
scratch=$(mktemp -d)
server=
clean_up() {
  if [ -n "$server" ]; then kill "$server" 2>/dev/null || true; fi
  rm -rf "$scratch"
}
trap clean_up EXIT
trap 'tail -5 "$scratch/talk" >&2 || true' ERR
fail() {
  printf 'FAILED: %s\n' "$1" >&2
  exit 1
}

# What is installed belongs to what is asked for, and is made anew when that changes.
packages=$cache/sdk-$(cat "$here/package.json" "$here/requirements.txt" | sha256sum | cut -c1-16)
if [ ! -e "$packages/done" ]; then
  rm -rf "$packages"
  mkdir -p "$packages"
  cp "$here/package.json" "$packages/"
  (cd "$packages" && npm install --silent --no-audit --no-fund --no-package-lock)
  python3 -m venv "$packages/venv"
  "$packages/venv/bin/pip" install --quiet -r "$here/requirements.txt"
  touch "$packages/done"
fi

# No mail falls due while this runs: what the ledgers promise is compared.
export HOME=$scratch XDG_CONFIG_HOME=$scratch/config
mkdir -p "$XDG_CONFIG_HOME"
cat >"$scratch/config.toml" <<'CONFIG'
allow_acting_as_customer = true
[mail]
grace_seconds = 3600
CONFIG

# serve NAME: a new desk of this name with Mara as its first teammate, served until `stop`.
serve() {
  desk=$scratch/$1.db
  ask() { "$deskbell" --config "$scratch/config.toml" --desk "$desk" --as 'Mara Holt' "$@" 2>>"$scratch/talk"; }
  ask settings messenger --name Northwind >/dev/null
  ask token new --teammate 'Mara Holt' >"$scratch/teammate"
  ask token new --admin >"$scratch/admin"
  ask token new --contact bo@quarry.example >"$scratch/contact"
  "$deskbell" --config "$scratch/config.toml" --desk "$desk" serve --listen 127.0.0.1:0 \
    >"$scratch/serve.log" 2>&1 &
  server=$!
  for _ in $(seq 100); do
    url=$(grep -o 'http://127[^ ]*' "$scratch/serve.log" | head -1) || true
    [ -z "$url" ] || return 0
    kill -0 "$server" 2>/dev/null || break
    sleep 0.1
  done
  cat "$scratch/serve.log"
  fail 'deskbell serve does not listen'
}
stop() {
  kill "$server"
  wait "$server" || fail "deskbell serve left with exit code $?"
  server=
}

# told NAME IDS...: what became of these tickets, without what differs by necessity.
told() {
  for id in "${@:2}"; do
    ask --json show "$id" >"$scratch/show.json"
    ask --json why "$id" >"$scratch/why.json"
    python3 - "$scratch/show.json" "$scratch/why.json" <<'PYTHON'
import json, sys
show, why = (json.load(open(path)) for path in sys.argv[1:])
ticket = show["ticket"]
print([ticket[k] for k in ("category", "title", "state", "open", "shared", "priority", "tags")])
for part in show["parts"]:
    event = {k: v for k, v in part["event"].items()}
    print(event, part["body"], part["visible"], part["badge"], part["recent"])
for row in why:
    # A moment stands in the reason of what was seen.
    reason = str(row["reason"]).split(" at ")[0].split(" 20")[0]
    reason = "seen" if "een" in reason else reason
    print(row["event"], row["channel"], row["contact"], row["status"], reason)
PYTHON
  done >"$scratch/$1.told"
}

serve node
cp "$here/life.mjs" "$packages/"
ids=$(cd "$packages" && node life.mjs "$url" "$(cat "$scratch/admin")" 1)
told node $(tr -d '[],"' <<<"${ids//,/ }")
stop

serve python
ids=$("$packages/venv/bin/python" "$here/life.py" "$url" "$(cat "$scratch/admin")" 1)
told python $(tr -d '[],"' <<<"${ids//,/ }")

# The same by the command line, on the same desk as Python's: the numbers are others.
ask delete 1 && ask delete 2 && ask delete 3
ask new customer Refund --contact ada@lumen.example --name 'Ada Park' --body 'About Refund' >"$scratch/1"
ask new back-office Chargeback --contact ada@lumen.example --body 'About Chargeback' >"$scratch/2"
ask new tracker 'Payouts fail' --body 'About Payouts fail' >"$scratch/3"
customer=$(cat "$scratch/1") back_office=$(cat "$scratch/2") tracker=$(cat "$scratch/3")
ask reply "$customer" 'We look & see.'
ask note "$customer" 'Hush'
ask customer ada@lumen.example reply "$customer" 'Thanks'
for refused in "reply $tracker Hello" "reply $back_office Hello" "share $tracker" "unshare $customer"; do
  if ask $refused; then fail "the command line did not refuse: $refused"; fi
done
ask state "$customer" in-progress
ask assign "$customer" 'Mara Holt' >/dev/null
ask state "$customer" waiting
ask state "$customer" resolved
ask share "$back_office"
ask close "$back_office"
ask tag "$customer" vip
ask untag "$customer" vip
told cli "$customer" "$back_office" "$tracker"
stop
[ "$(wc -l <"$scratch/cli.told")" -gt 40 ] || fail 'the command line tells of nothing'
diff "$scratch/cli.told" "$scratch/node.told" || fail 'the Node client leaves other tickets or ledgers'
diff "$scratch/cli.told" "$scratch/python.told" || fail 'the Python client leaves other tickets or ledgers'
echo "the official packages: $(wc -l <"$scratch/cli.told") lines of tickets and ledgers are equal"

serve schemathesis
ask new customer Refund --contact bo@quarry.example --body 'About Refund' >/dev/null
ask new back-office Chargeback --contact bo@quarry.example >/dev/null
ask new tracker 'Payouts fail' >/dev/null
# Every check and phase as they come; half the examples, and the same ones each time. The others
# delete contacts, and with them their tokens.
for kind in contact teammate admin; do
  (cd "$scratch" && "$packages/venv/bin/schemathesis" run "$url/openapi.json" --seed 20261127 --max-examples 50 \
    --header "Authorization: Bearer $(cat "$scratch/$kind")") >"$scratch/schemathesis.log" 2>&1 || {
    cat "$scratch/schemathesis.log"
    fail "schemathesis is not content with the token of the $kind"
  }
  grep -E 'passed|selected|generated' "$scratch/schemathesis.log" | tail -3
done
stop
