#!/usr/bin/env bash
# The step of action.yml: runs june-load as its inputs say, which come as environment variables, and ends with its exit
# code. Nothing of an input is read as shell.
set -euo pipefail

deno=(npx -y deno@2.9.6)
if deno --version 2>/dev/null | grep -q '^deno 2\.9\.6 '; then deno=(deno); fi

if [ -n "$CONFIG" ]; then
  args=(--config "$CONFIG" --scenario "$SCENARIO")
else
  args=("$SCENARIO")
fi
if [ "$SIM" = true ]; then
  args+=(--sim)
else
  read -r -d '' -a targets <<<"$TARGETS" || true
  for target in ${targets[@]+"${targets[@]}"}; do args+=(--target "$target"); done
fi
while IFS= read -r rule; do
  rule=${rule%$'\r'}
  if [[ $rule = *[![:space:]]* ]]; then args+=(--threshold "$rule"); fi
done <<<"$THRESHOLDS"
read -r -d '' -a more <<<"$ARGS" || true
# Bash before 4.4 takes an empty list for an unset one.
args+=(${more[@]+"${more[@]}"})
if [ -n "$COMPARE" ]; then
  if [ -e "$COMPARE/result.ndjson" ]; then
    args+=(--compare "$COMPARE")
  else
    echo "Nothing to compare with yet: there is no result in $COMPARE"
  fi
fi

# Beside the reports until it is known in which folder of theirs the run is.
forms=$(mktemp -d)
trap 'rm -rf "$forms"' EXIT
code=0
"${deno[@]}" run -A --v8-flags=--min-semi-space-size=4,--max-semi-space-size=4,--heap-growing-percent=30,--no-memory-reducer,--no-wasm-tier-up,--no-wasm-dynamic-tiering "$ACTION_PATH/main.ts" run "${args[@]}" \
  --output-dir "$OUTPUT_DIR" --markdown "$forms/report.md" --junit "$forms/junit.xml" || code=$?

case $code in
  0) verdict=PASS ;;
  99) verdict=FAIL ;;
  5) verdict=INVALID ;;
  *) verdict= ;;
esac
report=
if [ -e "$forms/junit.xml" ]; then
  # The newest of all runs is that of this step. `latest` is a link to it, and comes after it.
  for result in "$OUTPUT_DIR"/*/*/result.ndjson; do
    if [ -z "$report" ] || [ "$result" -nt "$report/result.ndjson" ]; then report=${result%/*}; fi
  done
  cp "$forms"/* "$report/"
fi
{
  echo "exit-code=$code"
  echo "verdict=$verdict"
  echo "report=$report"
} >>"$GITHUB_OUTPUT"
exit "$code"
