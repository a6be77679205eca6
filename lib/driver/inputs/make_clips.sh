#!/bin/sh
# Makes the built-in speech clips and their manifest with Debian's flite (apt install flite), voice kal16: 16 kHz mono
# 16-bit. Run it in this folder. The clips are committed; this is for changing them.
set -eu
mkdir -p clips
first=yes
entries=$(mktemp)
trap 'rm -f "$entries"' EXIT

clip() {
  flite -voice kal16 -t "$2" -o "clips/$1.wav"
  [ "$first" = yes ] || printf ',\n' >>"$entries"
  first=no
  printf '    { "audio": "clips/%s.wav", "text": "%s" }' "$1" "$2" >>"$entries"
}

clip lights "Turn on the lights in the kitchen."
clip weather "Will it rain tomorrow morning?"
clip timer "Set a timer for nine minutes."
clip message "Tell Maria I am running late."
clip music "Play something quiet, please."
clip train "When does the next train leave?"
clip stop "Never mind, stop that."
clip story "Please read me the note I wrote last Friday, the one about the garden and the broken gate, and then remind me to buy paint."

{
  printf '{\n  "made_with": "flite 2.2, voice kal16, by make_clips.sh",\n  "clips": [\n'
  cat "$entries"
  printf '\n  ]\n}\n'
} >clips.json
