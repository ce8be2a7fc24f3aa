#!/bin/bash
# Makes the pictures of all screens anew, light and dark, of the built app with
# its sample on a screen of its own:
#
#	make build && docs/screenshots/make.sh [FOLDER]
#
# It needs Xvfb, xdotool and ImageMagick (make deps-window). Look at each
# picture before it is committed.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
out=${1:-$here}
app=${WEIGHLINE:-$here/../../build/weighline}
mkdir -p "$out"
tmp=$(mktemp -d)
exec 3<>"$tmp/display"
Xvfb -displayfd 3 -screen 0 1280x800x24 +extension GLX -noreset -nolisten tcp >/dev/null 2>&1 &
screen=$!
running=
trap 'kill $running $screen 2>/dev/null || true; rm -rf "$tmp"' EXIT
until [ -s "$tmp/display" ]; do sleep 0.1; done
export DISPLAY=:$(tr -d '[:space:]' <"$tmp/display") LANG=en_US.UTF-8

# start THEME WIDTH HEIGHT ARGUMENT… opens the app and waits for its window.
start() {
	local theme=$1 width=$2 height=$3
	shift 3
	export XDG_CONFIG_HOME=$tmp/$theme/config XDG_CACHE_HOME=$tmp/$theme/cache
	mkdir -p "$XDG_CONFIG_HOME/fyne/io.weighline.app" "$XDG_CACHE_HOME"
	echo "{\"variant\":\"$theme\",\"language\":\"${speak:-en}\",\"restore\":false,\"window.width\":$width.5,\"window.height\":$height.5}" >"$XDG_CONFIG_HOME/fyne/io.weighline.app/preferences.json"
	"$app" --library "$tmp/$theme/weighline.db" "$@" >"$tmp/log" 2>&1 &
	running=$!
	until window=$(xdotool search --onlyvisible --name 'Weighline$' | tail -1) && [ -n "$window" ]; do
		kill -0 "$running" 2>/dev/null || { echo "the app ended before it had a window" >&2; cat "$tmp/log" >&2; exit 1; }
		sleep 0.1
	done
	xdotool windowmove "$window" 0 0 windowsize "$window" "$width" "$height" windowfocus "$window" mousemove 1279 799
	sleep 2
}

quit() { # an app that does not end is ended
	kill "$running" || true
	(sleep 10 && kill -9 "$running") 2>/dev/null &
	local late=$!
	wait "$running" || true
	kill "$late" 2>/dev/null || true
	running=
}
press() { for k; do xdotool key "$k"; sleep 0.3; done; }
write() { xdotool type --delay 40 "$1"; sleep 0.3; }
run() { press ctrl+k; write "$1"; press Return; }
save() { press ctrl+s; write "$1"; press Return; sleep 1; press Escape; }

# shot NAME keeps the window as a small PNG: 96 colours are all that it has
# but for the smoothed edges of letters.
shot() {
	sleep 0.7
	import -silent -window "$window" "png:$tmp/shot.png"
	convert "$tmp/shot.png" +dither -strip -colors 96 -define png:compression-level=9 "png8:$out/$1.png"
}

# What is hard to show: names too long for any column, ten thousand rows, sizes
# that nobody knows, one row.
long=$tmp/requirements-of-the-speech-service-with-a-name-that-no-title-has-room-for.txt
for i in $(seq 40); do echo "an-internal-distribution-of-the-company-whose-name-is-much-too-long-for-a-column-$i==2025.11.$i.post1.dev12345"; done >"$long"
echo "fastapi==0.115.14" >>"$long"
many=$tmp/venv/lib/python3.11/site-packages
mkdir -p "$many" && echo "home = /usr/bin" >"$tmp/venv/pyvenv.cfg"
(cd "$many" && seq -f 'internal_%05g-1.0.dist-info' 10000 | xargs mkdir &&
	for d in *.dist-info; do
		name=${d%%-*}
		printf 'Metadata-Version: 2.1\nName: %s\nVersion: 1.0\n' "$name" >"$d/METADATA"
		printf '%s/METADATA,,\n' "$d" >"$d/RECORD"
	done)
seq -f 'internal-%05g==1.0' 300 >"$tmp/unknown.txt"
echo "six==1.17.0" >"$tmp/one.txt"

# screens THEME WIDTH HEIGHT shows every screen. Pictures of another size than 1280
# by 800 have it in their names.
screens() {
	local theme=$1 width=$2 height=$3 size=
	[ "$width" = 1280 ] || size=-${width}x$height
	extra() { [ "$size" ] || shot "$1"; } # what is no screen of its own is shown once
	start "$theme" "$width" "$height" --sample
	shot packages$size-$theme
	save "speech-api as it is"
	press Home
	write scikit
	extra details-$theme
	run "drop torch"
	run "drop openai-whisper"
	extra toast-$theme
	press Escape ctrl+2 Home
	extra plan-$theme
	save "speech-api without whisper"
	press ctrl+3 Home Down Down Down
	shot layers$size-$theme
	run "Files of the selected layer"
	sleep 1
	press Home Right Down Right Down Right
	shot layer-files$size-$theme
	run "Show scipy"
	run "Files of the final image"
	sleep 1
	shot files$size-$theme
	run Insights
	sleep 2
	xdotool mousemove $((width > 1000 ? 133 : 58)) 116 click 1 mousemove 1279 799
	shot insights$size-$theme
	run Strategies
	sleep 2
	press Home
	shot strategies$size-$theme
	run Charts
	sleep 1
	shot charts$size-$theme
	run Library
	sleep 1
	shot library$size-$theme
	run Settings
	shot settings$size-$theme
	press ctrl+2 ctrl+k
	write nvidia
	extra palette-$theme
	press Escape F1
	extra keyboard-$theme
	press Escape
	quit
	start "$theme" "$width" "$height" --sample
	run Compare
	sleep 1
	extra compare-empty-$theme
	run "Compare with the sample"
	sleep 3
	shot compare$size-$theme
	run "Layers side by side"
	shot compare-layers$size-$theme
	run "Files that differ"
	press Right Down Right
	shot compare-files$size-$theme
	run "History of saved builds"
	sleep 1
	shot compare-history$size-$theme
	quit
	start "$theme" "$width" "$height" no-such-file.txt
	extra error-$theme
	quit
	start "$theme" "$width" "$height"
	shot start$size-$theme
	quit
}

for theme in light dark; do
	screens $theme 1280 800
	screens $theme 900 600
	start $theme 900 600 "$long"
	press Home Down
	shot long-names-900x600-$theme
	quit
	start $theme 1280 800 "$tmp/venv"
	sleep 6
	press End
	shot ten-thousand-rows-$theme
	quit
	start $theme 1280 800 "$tmp/unknown.txt"
	press Home
	shot unknown-sizes-$theme
	quit
	start $theme 1280 800 "$tmp/one.txt"
	shot one-row-$theme
	quit
done
speak=de start light 1280 800 --sample
press ctrl+3 Home Down Down Down
shot layers-german-light
quit
