#!/bin/sh
# Simulated cards in a shell script, as in CI: one command per card, or readers that the script drives with curl.
#   sh docs/examples/ci.sh        (Debian: apt-get install opensc curl)
# MADOGUCHI says how to start the command; without it, `npx madoguchi`.
set -eu
madoguchi=${MADOGUCHI:-npx madoguchi}
folder=$(mktemp -d)
readers=
trap '[ -z "$readers" ] || kill "$readers"; rm -rf "$folder"' EXIT

# 1. Around one command, like xvfb-run: a card that is thrown away, and the command's own exit code.
echo 'specimen' >"$folder/document"
$madoguchi run --reader Counter=resident -- \
  pkcs11-tool --slot-index 0 --login --pin 1234 --sign --id 01 --mechanism SHA256-RSA-PKCS \
  --input-file "$folder/document" --output-file "$folder/signature"
echo "signed: $(wc -c <"$folder/signature") bytes"

# 2. A card that is kept: an image file, changed by the commands that use it.
$madoguchi card new resident --output "$folder/hanako.card.json"
for pin in 9999 8888; do
  $madoguchi run --reader "Counter=$folder/hanako.card.json" -- \
    pkcs11-tool --slot-index 0 --login --pin "$pin" --list-objects >"$folder/log" 2>&1 && exit 1
done
left=$($madoguchi run --reader "Counter=$folder/hanako.card.json" -- pkcs15-tool --list-pins 2>/dev/null |
  sed -n '/User Authentication PIN/,/Tries left/s/.*Tries left *: //p')
echo "tries left: $left"

# 3. Readers in the background, driven over HTTP on a Unix socket (described at /openapi.json).
$madoguchi readers --reader Kiosk --socket "$folder/pcsc" --control "$folder/control" >"$folder/log" &
readers=$!
until grep -q '^pcsc' "$folder/log"; do kill -0 "$readers" && sleep 0.1; done
export PCSCLITE_CSOCK_NAME="$folder/pcsc"
ask() { curl --silent --show-error --fail --unix-socket "$folder/control" "$@"; }
ask --json '{"card":"child","via":"contactless"}' http://control/readers/Kiosk/insert >/dev/null
echo "atr: $(opensc-tool --atr)"
ask --request POST http://control/readers/Kiosk/remove
opensc-tool --atr >/dev/null 2>&1 || echo "gone"
